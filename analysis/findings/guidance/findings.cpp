// From pushes to response curves and the pulse ratio. Verdicts: `guidance_response` per time by
// both estimators against linear response; `pulse_ratio`, the largest response (of a quartic
// through the top of the curve in ln s) over that at random times, against the exact curve's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/guidance/observables.hpp"
#include "analysis/fit/critical.hpp"

namespace symbreak::findings::guidance {

namespace {

/// What estimates the response; the first is not known of a mere denoiser.
constexpr ObservableName kEstimators[] = {observable::committor_response,
                                          observable::class_response};

double log_noise(const Point& point) { return std::log(*point.fact(fact::noise)); }

/// Height of the maximum of a quartic through the responses above half of the largest, in ln s,
/// with its error.
struct Top {
  Value height;
  double log_s = 0;
};
std::optional<Top> top_of(const std::vector<const Point*>& points, ObservableName name) {
  double largest = 0;
  for (const Point* point : points) largest = std::max(largest, point->at(name).value());
  std::vector<const Point*> used;
  for (const Point* point : points) {
    const Value response = value_of(*point, name);
    if (response.value > 0.5 * largest && response.error > 0) used.push_back(point);
  }
  constexpr int kDegree = 4;
  const auto n = static_cast<Index>(used.size());
  // Pushes are at steps of the schedule: several times may be the same one.
  std::set<double> places;
  for (const Point* point : used) places.insert(log_noise(*point));
  if (places.size() < kDegree + 3) return std::nullopt;
  double centre = 0;
  for (const Point* point : used) centre += log_noise(*point) / static_cast<double>(n);
  VectorXd u(n);
  std::vector<Value> response;
  for (Index i = 0; i < n; ++i) {
    const Point& point = *used[static_cast<std::size_t>(i)];
    u[i] = log_noise(point) - centre;
    response.push_back(value_of(point, name));
  }
  const fit::Peak top = fit::peak(u, fit::values_of(response), fit::errors_of(response), kDegree);
  if (!top.bends) return std::nullopt;
  return Top{top.height, centre + top.x};
}

void draw(const PointGroup& group, Findings& findings) {
  Figure figure = new_figure(group.keys, "guidance", "Response to a push of equal Δln s",
                             "s of the push", "ΔP/(g D)", Log::x);
  add(figure, along(group.points, fact::noise, observable::committor_response,
                    {.label = "committor after the push"}));
  figure.curves.push_back(
      along(group.points, fact::noise, observable::class_response, {.label = "class at the end"}));
  add(figure, along(group.points, fact::noise, prediction::response, line("linear response")));
  figure.caption = "Pushes count where the system is soft; the best time holds per unit ln s.";
  findings.figures.push_back(figure);
}

/// The best time over random times.
void judge_pulse(const PointGroup& timed, const Point& random, ObservableName name,
                 Findings& findings) {
  const auto best = top_of(timed.points, name);
  const Value mean = value_of(random, name);
  if (!best || !(mean.value > 0)) return;
  const Value height = best->height;
  const double ratio = height.value / mean.value;
  const double top = height.error / height.value, below = mean.error / mean.value;
  const Value measured{ratio, ratio * std::hypot(top, below),
                       statistics::combined_dof(top, height.dof, below, mean.dof)};
  const std::string from = "response at the best time over that at random times";
  if (const auto exact = random.prediction(prediction::pulse_ratio)) {
    judge(findings, "pulse_ratio", timed.keys, measured, {*exact},
          "max of q mmse over its mean in ln q", from)
        .criterion = name.string();
    findings.verdicts.back().role = Role::headline;
  } else {
    Verdict& row = tell(findings, "pulse_ratio", timed.keys, measured, from);
    row.criterion = name.string();
    row.role = Role::headline;
  }
  tell(findings, "pulse_noise", timed.keys, {std::exp(best->log_s)},
       "s at the maximum of a quartic in ln s")
      .criterion = name.string();
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (PointGroup& group : points_by_noise(result, kTime)) {
    // Random times have no noise: from the first place to the last.
    std::vector<const Point*>& points = group.points;
    const Point* random = group.first().fact(fact::noise) ? nullptr : points.front();
    if (random != nullptr) std::rotate(points.begin(), points.begin() + 1, points.end());
    for (const Point* point : points) {
      const auto exact = point->prediction(prediction::response);
      if (!exact) continue;
      for (const auto& name : kEstimators) {
        if (point->find(name) == nullptr) continue;
        judge(findings, "guidance_response", swept_keys(result, *point), value_of(*point, name),
              {*exact}, "linear response, quadrature", point->at(name).text)
            .criterion = name.string();
        findings.verdicts.back().role = Role::check;
      }
    }
    if (random != nullptr) {
      points.pop_back();
      for (const auto& name : kEstimators) {
        if (random->find(name) != nullptr) judge_pulse(group, *random, name, findings);
      }
    }
    if (!points.empty()) draw(group, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::guidance
