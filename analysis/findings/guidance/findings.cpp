#include "analysis/findings/guidance/findings.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "analysis/findings/common/grouping.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Observable;
using verdict::Point;
using Keys = std::map<std::string, std::string>;

struct Group {
  std::vector<const Point*> timed;
  const Point* random = nullptr;
};

std::map<Keys, Group> groups(const verdict::Result& result) {
  std::map<Keys, Group> found;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    Keys keys = swept_keys(result, point);
    keys.erase("experiment.t");
    Group& group = found[keys];
    if (point.prediction("noise")) {
      group.timed.push_back(&point);
    } else {
      group.random = &point;
    }
  }
  for (auto& [keys, group] : found) {
    std::sort(group.timed.begin(), group.timed.end(), [](const Point* a, const Point* b) {
      return *a->prediction("noise") < *b->prediction("noise");
    });
  }
  return found;
}

/// Height of the maximum of a quartic through the responses above half of the largest, in ln s,
/// with its error.
struct Top {
  double height = 0, error = 0, log_s = 0;
};
std::optional<Top> top_of(const std::vector<const Point*>& points, const char* name) {
  double largest = 0;
  for (const Point* point : points) {
    largest = std::max(largest, point->observables.at(name).value());
  }
  std::vector<const Point*> used;
  for (const Point* point : points) {
    if (point->observables.at(name).value() > 0.5 * largest) used.push_back(point);
  }
  constexpr Index kTerms = 5;
  const auto n = static_cast<Index>(used.size());
  if (n < kTerms + 2) return std::nullopt;
  MatrixXd design(n, kTerms);
  VectorXd y(n);
  double centre = 0;
  for (const Point* point : used) {
    centre += std::log(*point->prediction("noise")) / static_cast<double>(n);
  }
  for (Index i = 0; i < n; ++i) {
    const Observable& response = used[static_cast<std::size_t>(i)]->observables.at(name);
    const double u = std::log(*used[static_cast<std::size_t>(i)]->prediction("noise")) - centre,
                 weight = 1 / response.error();
    for (Index k = 0; k < kTerms; ++k) design(i, k) = weight * std::pow(u, k);
    y[i] = weight * response.value();
  }
  const Eigen::LDLT<MatrixXd> solver(design.transpose() * design);
  const VectorXd c = solver.solve(design.transpose() * y);
  double u = 0;
  for (int i = 0; i < 50; ++i) {
    double slope = 0, curvature = 0;
    for (Index k = 1; k < kTerms; ++k) {
      slope += static_cast<double>(k) * c[k] * std::pow(u, k - 1);
    }
    for (Index k = 2; k < kTerms; ++k) {
      curvature += static_cast<double>(k * (k - 1)) * c[k] * std::pow(u, k - 2);
    }
    if (curvature >= 0) return std::nullopt;
    u -= slope / curvature;
  }
  VectorXd powers(kTerms);
  for (Index k = 0; k < kTerms; ++k) powers[k] = std::pow(u, k);
  // At a maximum its location does not enter the error of the height to first order.
  return Top{c.dot(powers), std::sqrt(powers.dot(solver.solve(powers))), centre + u};
}

void draw(const Keys& keys, const Group& group, verdict::Findings& findings) {
  Figure figure;
  figure.name = "guidance" + (keys.empty() ? "" : "_" + key_label(keys));
  figure.title = "Response to a push of equal Δln s";
  figure.x_label = "s of the push";
  figure.y_label = "ΔP/(g D)";
  figure.log_x = true;
  Curve committor{.label = "committor after the push"}, end{.label = "class at the end"},
      exact{.label = "linear response", .style = Curve::Style::line};
  for (const Point* point : group.timed) {
    const double s = *point->prediction("noise");
    const auto put = [&](Curve& curve, const char* name) {
      curve.x.push_back(s);
      curve.y.push_back(point->observables.at(name).value());
      curve.error.push_back(point->observables.at(name).error());
    };
    put(committor, "committor_response");
    put(end, "class_response");
    if (const auto value = point->prediction("response")) {
      exact.x.push_back(s);
      exact.y.push_back(*value);
    }
  }
  figure.curves = {committor, end};
  if (!exact.x.empty()) figure.curves.push_back(exact);
  figure.caption = "Pushes count where the system is soft; the best time holds per unit ln s.";
  findings.figures.push_back(figure);
}

}  // namespace

verdict::Findings analyse_guidance(const verdict::Result& result) {
  verdict::Findings findings;
  for (const auto& [keys, group] : groups(result)) {
    std::vector<const Point*> all = group.timed;
    if (group.random != nullptr) all.push_back(group.random);
    for (const Point* point : all) {
      const auto exact = point->prediction("response");
      if (!exact) continue;
      for (const char* name : {"committor_response", "class_response"}) {
        const Observable& measured = point->observables.at(name);
        findings.verdicts.push_back({.quantity = "guidance_response",
                                     .point = swept_keys(result, *point),
                                     .measured = measured.value(),
                                     .error = measured.error(),
                                     .predicted = *exact,
                                     .source = "linear response, quadrature",
                                     .from = measured.text});
      }
    }
    if (group.random != nullptr) {
      for (const char* name : {"committor_response", "class_response"}) {
        const auto best = top_of(group.timed, name);
        const Observable& mean = group.random->observables.at(name);
        if (!best || !(mean.value() > 0)) continue;
        const double ratio = best->height / mean.value();
        const auto exact = group.random->prediction("pulse_ratio");
        const double error =
            ratio * std::hypot(best->error / best->height, mean.error() / mean.value());
        if (exact) {
          findings.verdicts.push_back({.quantity = "pulse_ratio",
                                       .point = keys,
                                       .measured = ratio,
                                       .error = error,
                                       .predicted = *exact,
                                       .source = "max of q mmse over its mean in ln q",
                                       .from = fmt::format("best over random time, {}", name)});
        } else {
          findings.diagnostics.push_back(
              {verdict::Severity::note, "pulse_ratio",
               fmt::format("{}{}best over random time {:.4g} +- {:.2g} at s = {:.4g} ({})",
                           key_label(keys), keys.empty() ? "" : ": ", ratio, error,
                           std::exp(best->log_s), name),
               ""});
        }
      }
    }
    if (!group.timed.empty()) draw(keys, group, findings);
  }
  return findings;
}

}  // namespace symbreak::experiment
