// From pushes to response curves and the pulse ratio. Verdicts: `guidance_response` per time by
// both estimators against linear response; `pulse_ratio`, the largest response (of a quartic
// through the top of the curve in ln s) over that at random times, against the exact curve's.

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/noise_series.hpp"
#include "analysis/findings/guidance/observables.hpp"
#include "analysis/verdict/findings.hpp"

namespace symbreak::findings::guidance {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;

/// What estimates the response; the first is not known of a mere denoiser.
constexpr verdict::ObservableName kEstimators[] = {observable::committor_response,
                                                   observable::class_response};

/// Points that differ in the time of the push alone, by rising noise.
struct Group {
  std::map<std::string, std::string> keys;
  std::vector<const Point*> timed;
  const Point* random = nullptr;
};

std::vector<Group> groups(const verdict::Result& result) {
  std::vector<Group> all;
  for (const PointGroup& points : points_by_noise(result, "experiment.t")) {
    Group& group = all.emplace_back();
    group.keys = points.keys;
    for (const Point* point : points.points) {
      if (point->fact(fact::noise)) {
        group.timed.push_back(point);
      } else {
        group.random = point;
      }
    }
  }
  return all;
}

double log_noise(const Point& point) { return std::log(*point.fact(fact::noise)); }

/// Height of the maximum of a quartic through the responses above half of the largest, in ln s,
/// with its error.
struct Top {
  Value height;
  double log_s = 0;
};
std::optional<Top> top_of(const std::vector<const Point*>& points, verdict::ObservableName name) {
  double largest = 0;
  for (const Point* point : points) largest = std::max(largest, point->at(name).value());
  std::vector<const Point*> used;
  for (const Point* point : points) {
    if (point->at(name).value() > 0.5 * largest) used.push_back(point);
  }
  constexpr Index kTerms = 5;
  const auto n = static_cast<Index>(used.size());
  if (n < kTerms + 2) return std::nullopt;
  MatrixXd design(n, kTerms);
  VectorXd y(n);
  double centre = 0;
  for (const Point* point : used) centre += log_noise(*point) / static_cast<double>(n);
  for (Index i = 0; i < n; ++i) {
    const Point& point = *used[static_cast<std::size_t>(i)];
    const Value response = value_of(point, name);
    const double u = log_noise(point) - centre, weight = 1 / response.error;
    for (Index k = 0; k < kTerms; ++k) design(i, k) = weight * std::pow(u, k);
    y[i] = weight * response.value;
  }
  const Eigen::LDLT<MatrixXd> solver(design.transpose() * design);
  const VectorXd c = solver.solve(design.transpose() * y);
  double u = 0;
  for (int i = 0; i < 50; ++i) {
    double slope = 0, curvature = 0;
    for (Index k = 1; k < kTerms; ++k) slope += static_cast<double>(k) * c[k] * std::pow(u, k - 1);
    for (Index k = 2; k < kTerms; ++k) {
      curvature += static_cast<double>(k * (k - 1)) * c[k] * std::pow(u, k - 2);
    }
    if (curvature >= 0) return std::nullopt;
    u -= slope / curvature;
  }
  VectorXd powers(kTerms);
  for (Index k = 0; k < kTerms; ++k) powers[k] = std::pow(u, k);
  // At a maximum its location does not enter the error of the height to first order.
  return Top{{c.dot(powers), std::sqrt(powers.dot(solver.solve(powers)))}, centre + u};
}

void draw(const Group& group, verdict::Findings& findings) {
  Figure figure =
      new_figure("guidance" + (group.keys.empty() ? "" : "_" + key_label(group.keys)),
                 "Response to a push of equal Δln s", "s of the push", "ΔP/(g D)", Log::x);
  Curve committor{.label = "committor after the push"}, end{.label = "class at the end"},
      exact{.label = "linear response", .style = Curve::Style::line};
  for (const Point* point : group.timed) {
    const double s = *point->fact(fact::noise);
    push(committor, s, *point, observable::committor_response);
    push(end, s, *point, observable::class_response);
    if (const auto value = point->prediction(prediction::response)) push(exact, s, *value);
  }
  if (!committor.x.empty()) figure.curves.push_back(committor);
  figure.curves.push_back(end);
  if (!exact.x.empty()) figure.curves.push_back(exact);
  figure.caption = "Pushes count where the system is soft; the best time holds per unit ln s.";
  findings.figures.push_back(figure);
}

/// The best time over random times.
void judge_pulse(const Group& group, verdict::ObservableName name, verdict::Findings& findings) {
  const auto best = top_of(group.timed, name);
  const Value mean = value_of(*group.random, name);
  if (!best || !(mean.value > 0)) return;
  const Value height = best->height;
  const double ratio = height.value / mean.value;
  const double error = ratio * std::hypot(height.error / height.value, mean.error / mean.value);
  if (const auto exact = group.random->prediction(prediction::pulse_ratio)) {
    judge(findings, "pulse_ratio", group.keys, {ratio, error, mean.dof}, {*exact},
          "max of q mmse over its mean in ln q",
          fmt::format("best over random time, {}", name.text()));
    return;
  }
  note(findings, "pulse_ratio",
       fmt::format("{}{}best over random time {:.4g} +- {:.2g} at s = {:.4g} ({})",
                   key_label(group.keys), group.keys.empty() ? "" : ": ", ratio, error,
                   std::exp(best->log_s), name.text()));
}

}  // namespace

verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Group& group : groups(result)) {
    std::vector<const Point*> all = group.timed;
    if (group.random != nullptr) all.push_back(group.random);
    for (const Point* point : all) {
      const auto exact = point->prediction(prediction::response);
      if (!exact) continue;
      for (const auto& name : kEstimators) {
        if (point->find(name) == nullptr) continue;
        judge(findings, "guidance_response", swept_keys(result, *point), value_of(*point, name),
              {*exact}, "linear response, quadrature", point->at(name).text);
      }
    }
    if (group.random != nullptr) {
      for (const auto& name : kEstimators) {
        if (group.random->find(name) != nullptr) judge_pulse(group, name, findings);
      }
    }
    if (!group.timed.empty()) draw(group, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::guidance
