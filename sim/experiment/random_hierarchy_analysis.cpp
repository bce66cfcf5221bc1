#include "sim/experiment/random_hierarchy_analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/experiment/grouping.hpp"
#include "sim/experiment/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using verdict::Curve;
using verdict::Figure;
using verdict::Point;
using Keys = std::map<std::string, std::string>;

/// Where class belief - leaf belief changes sign upwards, by the line through both neighbours.
void threshold(const Keys& keys, const std::vector<const Point*>& points,
               verdict::Findings& findings) {
  const auto exact = points.front()->prediction("threshold");
  if (!exact) return;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const auto excess = [&](std::size_t k) {
      return points[k]->observables.at("belief").value() - *points[k]->prediction("leaf_belief");
    };
    if (!(excess(i) < 0 && excess(i + 1) >= 0)) continue;
    const double a = *points[i]->prediction("leaf_belief"),
                 b = *points[i + 1]->prediction("leaf_belief");
    const double fa = excess(i), fb = excess(i + 1), slope = (fb - fa) / (b - a);
    const double u = -fa / (fb - fa);
    const double error = std::hypot((1 - u) * points[i]->observables.at("belief").error(),
                                    u * points[i + 1]->observables.at("belief").error()) /
                         slope;
    // What the line does to the averaged recursion between the same nodes is a systematic error.
    const double ga = *points[i]->prediction("class_belief") - a,
                 gb = *points[i + 1]->prediction("class_belief") - b;
    // The recursion replaces the rules by their average. Its error is first order in 1/v: exact
    // belief propagation over many rules gave p*/p*_F - 1 = -1.5(4) % at v = 16 and -.8(3) % at 32.
    constexpr double kFluctuation = 0.25;
    const double line = a - ga * (b - a) / (gb - ga);
    const double bias = line > a && line < b ? line - *exact : 0;
    findings.verdicts.push_back(
        {.quantity = "recovery_threshold",
         .point = keys,
         .measured = a + u * (b - a),
         .error = std::hypot(error, bias),
         .predicted = *exact,
         .predicted_error = kFluctuation * *exact / points[i]->number("target.vocabulary"),
         .source = "fixed point of the recursion averaged over rules",
         .from = "leaf belief at which the class is believed as much"});
    return;
  }
}

}  // namespace

verdict::Findings analyse_random_hierarchy(const verdict::Result& result) {
  verdict::Findings findings;
  std::map<Keys, std::vector<const Point*>> groups;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    Keys keys = swept_keys(result, point);
    keys.erase("experiment.strength");
    groups[keys].push_back(&point);
  }
  for (auto& [keys, points] : groups) {
    std::sort(points.begin(), points.end(), [](const Point* a, const Point* b) {
      return a->number("experiment.strength") > b->number("experiment.strength");
    });
    threshold(keys, points, findings);
    Figure figure;
    figure.name = "hierarchy" + (keys.empty() ? "" : "_" + key_label(keys));
    figure.title = "Belief in the true symbols";
    figure.x_label = points.front()->parameters.at("experiment.noise") == "epsilon" ? "ε" : "s";
    figure.y_label = "mean belief";
    const auto layers = points.front()->observables.at("belief").estimate.mean.size();
    for (Eigen::Index l = 0; l < layers; ++l) {
      Curve curve;
      curve.label = l == 0            ? "class"
                    : l + 1 == layers ? "leaves"
                                      : fmt::format("features of layer {}", l);
      for (const Point* point : points) {
        const auto& belief = point->observables.at("belief").estimate;
        curve.x.push_back(point->number("experiment.strength"));
        curve.y.push_back(belief.mean[l]);
        curve.error.push_back(belief.error[l]);
      }
      figure.curves.push_back(curve);
    }
    Curve theory{.label = "recursion", .style = Curve::Style::line};
    for (const Point* point : points) {
      if (const auto value = point->prediction("class_belief")) {
        theory.x.push_back(point->number("experiment.strength"));
        theory.y.push_back(*value);
      }
    }
    if (!theory.x.empty()) figure.curves.push_back(theory);
    figure.caption = "The class is lost at a threshold, low features continuously.";
    findings.figures.push_back(figure);
  }
  return findings;
}

}  // namespace symbreak::experiment
