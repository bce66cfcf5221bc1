// Filled maps of memorization: training time against N or noise.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/training/findings.hpp"

namespace symbreak::findings::training {

namespace {

/// How far the train loss has come from its value at the best time to its end: 0 generalizes, 1/2
/// is tau_mem, 1 has memorized. As the share of what can be memorized at all.
double progress(const Point& point, Index i, double best) {
  const double end = value_of(point, observable::train_end).value;
  const double here = value_of(point, observable::train_loss, i).value;
  return std::clamp((best - here) / (best - end), 0.0, 1.0);
}

void draw_map(const PointGroup& group, const char* key, const char* name, Findings& findings) {
  const std::vector<double> tau = group.first().fact_values(fact::tau);
  verdict::Surface surface;
  for (const double time : tau) surface.x.push_back(time);
  surface.z.resize(static_cast<Index>(tau.size()), static_cast<Index>(group.points.size()));
  Figure figure = new_figure(
      fmt::format("memorization_map_{}{}", name, group.tag()), "Memorization in training",
      "training time τ", name, Log::both,
      "Share of the fall of the train loss after the best time: ½ is τ_mem. Lines: times "
      "of training.");
  for (std::size_t j = 0; j < group.points.size(); ++j) {
    const Point& point = *group.points[j];
    surface.y.push_back(point.number(key));
    const auto best_time = time_of(point, kTimes[1]);
    Index best = 0;
    while (best_time && best + 1 < static_cast<Index>(tau.size()) &&
           std::log(tau[static_cast<std::size_t>(best)]) < best_time->log.value) {
      ++best;
    }
    const double from = value_of(point, observable::train_loss, best).value;
    for (Index i = 0; i < surface.z.rows(); ++i) {
      surface.z(i, static_cast<Index>(j)) = i < best ? 0 : progress(point, i, from);
    }
  }
  surface.label = "share memorized";
  surface.range = {0, 1};
  figure.surface = surface;
  for (const TimeKind* kind : {&kGeneralization, &kRise, &kMemorization}) {
    Curve curve = line(symbol(*kind));
    for (const Point* point : group.points) {
      if (const auto time = time_of(*point, *kind)) {
        push(curve, time->tau().value, point->number(key));
      }
    }
    add(figure, curve);
  }
  findings.figures.push_back(figure);
}

}  // namespace

void draw_maps(const Result& result, Findings& findings) {
  for (const auto& [key, name] : {std::pair{"target.n", "N"}, std::pair{kTime, "t"}}) {
    for (const PointGroup& group : points_along(result, key)) {
      if (group.points.size() >= 4) draw_map(group, key, name, findings);
    }
  }
}

}  // namespace symbreak::findings::training
