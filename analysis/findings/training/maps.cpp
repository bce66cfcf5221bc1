// Filled maps of memorization: training time against N or noise; N against the number of features
// or the noise, trained to the end. Lines: times of training, the ridgeless peak, and where the
// exact score of the same data condenses (I(Y; X_t) = log N; Biroli et al. 2024).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "analysis/findings/training/known.hpp"

namespace symbreak::findings::training {

namespace {

/// How far the train loss has come from its value at the best time to its end: 0 generalizes, 1/2
/// is tau_mem, 1 has memorized. As the share of what can be memorized at all.
double progress(const Point& point, Index i, double best) {
  const double end = value_of(point, observable::train_end).value;
  const double here = value_of(point, observable::train_loss, i).value;
  return std::clamp((best - here) / (best - end), 0.0, 1.0);
}

/// Share of the distance to the exact score of the training set that training to the end has gone;
/// 1: that score. Losses are distances up to a constant and a factor, which two times tell.
double share_gone(const Point& point) {
  const auto at = [&](ObservableName name, Index i) { return value_of(point, name, i).value; };
  const auto last = static_cast<Index>(point.fact_values(fact::tau).size()) - 1;
  const double fall = at(observable::train_loss, 0) - at(observable::train_loss, last);
  const double first = at(observable::distance_empirical, 0),
               end = at(observable::distance_empirical, last);
  if (!(fall > 0) || !(first > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double beyond = at(observable::train_loss, last) - at(observable::train_end, 0);
  return std::clamp(1 - (end - (first - end) / fall * beyond) / first, 0.0, 1.0);
}

/// Where, along N or the time t, the exact score of the points condenses, along N or the time t.
void mark_condensation(Figure& figure, const std::vector<double>& x, double at,
                       std::pair<double, double> range) {
  if (at >= range.first && at <= range.second) {
    add(figure,
        line("exact score condenses", {x.front(), x.back()}, {at, at}, Curve::Style::dashed));
  }
}

/// The time of the deck's clock at this noise, between those of points (ln-ln); NaN beyond.
double time_at(const std::vector<const Point*>& points, double noise) {
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double low = *points[i]->fact(fact::noise), high = *points[i + 1]->fact(fact::noise);
    if (noise < low || noise > high) continue;
    const double from = points[i]->number(kTime), to = points[i + 1]->number(kTime);
    return from * std::pow(to / from, std::log(noise / low) / std::log(high / low));
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// What the caption says where that line is off the map: log N of it.
std::string off_the_map(double log_data, double largest) {
  if (log_data < std::log(largest)) return "";
  return fmt::format(" The exact score of the data memorizes at this noise up to N = 10^{:.1f}.",
                     log_data / std::log(10));
}

void draw_map(const PointGroup& group, const char* key, const char* name, Findings& findings) {
  const std::vector<double> tau = group.first().fact_values(fact::tau);
  verdict::Surface surface;
  for (const double time : tau) surface.x.push_back(time);
  surface.z.resize(static_cast<Index>(tau.size()), static_cast<Index>(group.points.size()));
  Figure figure = new_figure(
      group.keys, fmt::format("memorization_map_{}", name), "Memorization in training",
      "training time τ", name, Log::both,
      "Share of the fall of the train loss after the best time: ½ is τ_mem. Lines: times "
      "of training, and where the exact score of the same data condenses.");
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
  const std::pair range{surface.y.front(), surface.y.back()};
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
  if (key == std::string("target.n")) {
    if (const auto log_data = condensed_log_data(group.first())) {
      mark_condensation(figure, tau, std::exp(*log_data), range);
      figure.caption += off_the_map(*log_data, range.second);
    }
  } else if (const auto noise = condensed_noise(group.first())) {
    mark_condensation(figure, tau, time_at(group.points, *noise), range);
  }
  findings.figures.push_back(figure);
}

/// Cells of a function of the points over N and another key.
verdict::Surface surface_over(const PointGroup& group, const char* key,
                              const std::function<double(const Point&)>& value) {
  std::set<double> x, y;
  for (const Point* point : group.points) {
    x.insert(*point->fact(fact::data));
    y.insert(point->number(key));
  }
  verdict::Surface surface;
  surface.x.assign(x.begin(), x.end());
  surface.y.assign(y.begin(), y.end());
  surface.z.setConstant(static_cast<Index>(x.size()), static_cast<Index>(y.size()),
                        std::numeric_limits<double>::quiet_NaN());
  for (const Point* point : group.points) {
    const auto i = std::distance(x.begin(), x.find(*point->fact(fact::data)));
    const auto j = std::distance(y.begin(), y.find(point->number(key)));
    surface.z(i, j) = value(*point);
  }
  return surface;
}

/// Lines of N = p/(d + 1), N = p, and of the condensed exact score.
void mark_end(const PointGroup& group, const char* key, Figure& figure) {
  const std::vector<double>&x = figure.surface->x, &y = figure.surface->y;
  const bool sampled = group.first().find(observable::true_train_end) != nullptr;
  Curve peak = line(sampled ? "N m = p" : "N(d+1) = p"),
        parameters = line("N = p", {}, {}, Curve::Style::dashed),
        condensed = line("exact score condenses", {}, {}, Curve::Style::dashed);
  const auto within = [&](double N) { return N >= x.front() && N <= x.back(); };
  const auto mark = [&](Curve& curve, double N, double at) {
    if (within(N)) push(curve, N, at);
  };
  for (const double at : y) {
    const auto found = std::ranges::find_if(
        group.points, [&](const Point* point) { return point->number(key) == at; });
    const Point& point = **found;
    const double p = *point.fact(fact::features), d = *point.fact(fact::dimension);
    mark(peak, sampled ? *point.prediction(prediction::peak_data) : p / (d + 1), at);
    mark(parameters, p, at);
    if (const auto log_data = condensed_log_data(point)) {
      mark(condensed, std::exp(*log_data), at);
    }
  }
  for (const Curve& curve : {peak, parameters, condensed}) {
    if (curve.x.size() > 1) figure.curves.push_back(curve);
  }
  if (const auto log_data = condensed_log_data(group.first());
      log_data && key == std::string("target.features")) {
    figure.caption += off_the_map(*log_data, x.back());
  }
}

void draw_end(const PointGroup& group, const char* key, const char* name, Findings& findings) {
  Figure share = new_figure(group.keys, fmt::format("trained_to_the_end_map_{}", name),
                            "Memorization at the end of training", "N", name, Log::both,
                            "Share of the distance to the exact score of the data that training to "
                            "the end goes: 1 is that score, a memory.");
  share.surface = surface_over(group, key, share_gone);
  share.surface->label = "share memorized, τ = ∞";
  share.surface->range = {0, 1};
  mark_end(group, key, share);
  // With noise samples the train loss is another one than that of the distance.
  if (group.first().find(observable::true_train_end) == nullptr) findings.figures.push_back(share);

  Figure peak = new_figure(group.keys, fmt::format("ridgeless_peak_map_{}", name),
                           "Test loss at the end of training", "N", name, Log::both,
                           "Decades by which training to the end has made the test loss worse than "
                           "its best: the ridgeless peak.");
  peak.surface = surface_over(group, key, [](const Point& point) {
    return std::log10(value_of(point, observable::test_end).value /
                      value_of(point, observable::test_minimum).value);
  });
  peak.surface->label = "log₁₀ ℓ_test(∞)/ℓ_test(τ*)";
  mark_end(group, key, peak);
  findings.figures.push_back(peak);
}

}  // namespace

void draw_maps(const Result& result, Findings& findings) {
  constexpr std::size_t kFew = 4;
  for (const auto& [key, name] : {std::pair{"target.n", "N"}, std::pair{kTime, "t"}}) {
    for (const PointGroup& group : points_along(result, key)) {
      if (group.points.size() >= kFew) draw_map(group, key, name, findings);
    }
  }
  for (const auto& [key, name] : {std::pair{"target.features", "p"}, std::pair{kTime, "t"}}) {
    if (std::ranges::find(result.swept, key) == result.swept.end()) continue;
    for (const PointGroup& group : group_points(result, {"target.n", key})) {
      const verdict::Surface grid = surface_over(group, key, [](const Point&) { return 0.0; });
      if (grid.x.size() >= kFew && grid.y.size() > 2) draw_end(group, key, name, findings);
    }
  }
}

}  // namespace symbreak::findings::training
