// The front of memorization: at training time tau, the noise s_f above which the distance to the
// empirical score is below half of what it was before training.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/training/findings.hpp"

namespace symbreak::findings::training {

namespace {

/// Distance at grid point i over that at the first training time.
double left(const Point& point, Index i) {
  return value_of(point, observable::distance_empirical, i).value /
         value_of(point, observable::distance_empirical, 0).value;
}

/// Lowest noise to which the halved region, followed from high noise, reaches: ln s interpolated.
std::optional<double> front_at(const std::vector<const Point*>& points, Index i) {
  const auto noise = [](const Point* point) { return std::log(*point->fact(fact::noise)); };
  for (std::size_t k = points.size(); k-- > 0;) {
    const double here = left(*points[k], i);
    if (here <= 0.5) continue;
    if (k + 1 == points.size()) return std::nullopt;
    const double above = left(*points[k + 1], i);
    const double share = (0.5 - here) / (above - here);
    return std::exp(noise(points[k]) + share * (noise(points[k + 1]) - noise(points[k])));
  }
  return std::nullopt;
}

}  // namespace

void draw_front(const Result& result, Findings& findings) {
  for (const PointGroup& group : points_by_noise(result, kTime)) {
    if (group.points.size() < 4) continue;
    const std::vector<double> tau = group.first().fact_values(fact::tau);
    Curve curve = line("s_f, distance to the empirical score halved");
    for (std::size_t i = 0; i < tau.size(); ++i) {
      if (const auto s = front_at(group.points, static_cast<Index>(i))) push(curve, tau[i], *s);
    }
    if (curve.x.size() < 2) continue;
    Figure figure = new_figure(group.keys, "front", "Front of memorization", "training time τ",
                               "noise s_f", Log::both,
                               "Below it the score still generalizes: what is memorized at time τ "
                               "is memorized from high noise down.");
    const double first = curve.x.front(), height = curve.y.front() * first;
    figure.curves = {curve, line("1/τ", {first, curve.x.back()},
                                 {height / first, height / curve.x.back()}, Curve::Style::dashed)};
    figure.y_range = std::pair{0.5 * *group.first().fact(fact::noise),
                               2 * *group.points.back()->fact(fact::noise)};
    findings.figures.push_back(figure);
    for (const double decade : {1e1, 1e2, 1e3, 1e4, 1e5, 1e6}) {
      for (std::size_t i = 0; i < curve.x.size(); ++i) {
        if (curve.x[i] < decade * (1 - 1e-9)) continue;
        if (curve.x[i] < 1.1 * decade) {
          tell(findings, "front", group.keys, {curve.y[i]},
               "noise s_f where the distance to the empirical score is halved")
              .axis = {{"tau", curve.x[i]}};
        }
        break;
      }
    }
  }
}

}  // namespace symbreak::findings::training
