// Per curve of points that differ in the strength alone (epsilon noise): the belief p of the leaves
// at which the class is believed as much as they are, against p* of the averaged recursion. Their
// limit of many symbols is the verdict `recovery_threshold_ratio`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/random_hierarchy/observables.hpp"
#include "analysis/fit/critical.hpp"

namespace symbreak::findings::random_hierarchy {

namespace {

/// p*, where the class is believed as much as its leaves, beside that of the averaged recursion.
struct Threshold {
  Keys keys;
  double vocabulary = 0;
  Value belief;
  double recursion = 0;
};

/// Root of a cubic in p/p* - 1 through class belief - leaf belief, for |p/p* - 1| < .15. The same
/// cubic through the recursion at the same nodes, whose root is known, tells what the cubic shifts.
std::optional<Threshold> threshold(const PointGroup& group) {
  constexpr double kWindow = 0.15;
  constexpr int kDegree = 3;
  const auto recursion = group.first().prediction(prediction::threshold);
  if (!recursion) return std::nullopt;
  std::vector<double> x, averaged;
  std::vector<Value> measured;
  for (const Point* point : group.points) {
    const double p = point->fact(fact::leaf_belief).value(), at = p / *recursion - 1;
    Value belief = value_of(*point, observable::belief);
    if (std::abs(at) >= kWindow || !(belief.error > 0)) continue;
    x.push_back(at);
    belief.value -= p;
    measured.push_back(belief);
    averaged.push_back(point->prediction(prediction::class_belief).value() - p);
  }
  if (x.size() <= kDegree + 1) return std::nullopt;
  const auto zero = [&](const VectorXd& y) {
    return fit::polynomial_zero(vector_of(x), y, fit::errors_of(measured), kDegree, 0);
  };
  const fit::Fit found = zero(fit::values_of(measured)), exact = zero(vector_of(averaged));
  if (!found.converged || !(std::abs(found.value[0]) < kWindow)) return std::nullopt;
  Value belief = *recursion * found.at(0);
  belief.value += *recursion * (1 - exact.value[0]);
  return Threshold{.keys = group.keys,
                   .vocabulary = group.first().number("target.vocabulary"),
                   .belief = belief,
                   .recursion = *recursion};
}

/// The recursion replaces the rules by their average, which becomes exact as v grows (an upper node
/// sees ~2m pairs with one true child, each of weight ~p/v: a relative fluctuation sqrt(2m)/v,
/// whose square is of order 1/v at fixed m/v). So p*(v)/p*_F = a + c/v + d/v^2 (d from four values
/// of v on), and a = 1 is the prediction.
void limit(const std::vector<Threshold>& all, Findings& findings) {
  for (const Threshold& one : all) {
    tell(findings, "recovery_threshold", one.keys, one.belief,
         "belief of the leaves at which the class is believed as much")
        .role = Role::headline;
    tell(findings, "recovery_threshold", one.keys, {one.recursion},
         "the recursion averaged over rules")
        .criterion = "v -> infinity";
  }
  std::set<double> vocabularies;
  for (const Threshold& one : all) vocabularies.insert(one.vocabulary);
  constexpr std::size_t kFewest = 3;
  if (vocabularies.size() < kFewest) return;
  const auto n = static_cast<Index>(all.size());
  MatrixXd design = MatrixXd::Ones(n, vocabularies.size() > kFewest ? 3 : 2);
  std::vector<Value> ratio;
  for (Index i = 0; i < n; ++i) {
    const Threshold& one = all[static_cast<std::size_t>(i)];
    for (Index k = 1; k < design.cols(); ++k) design(i, k) = std::pow(one.vocabulary, -k);
    ratio.push_back(1 / one.recursion * one.belief);
  }
  const fit::Fit fit = fit::linear(design, fit::values_of(ratio), fit::errors_of(ratio));
  const std::string from = "p*(v)/p*_F in powers of 1/v";
  Verdict& row = judge(findings, "recovery_threshold_ratio", {}, fit.at(0), {1},
                       "the recursion averaged over rules at v = infinity", from);
  of_fit(row, fit).detail =
      fmt::format("{} vocabularies, up to v^-{}", all.size(), design.cols() - 1);
  row.role = Role::headline;
  tell(findings, "recovery_threshold_ratio", {}, fit.at(1), from).criterion = "coefficient of 1/v";
}

void draw(const PointGroup& group, Findings& findings) {
  Figure figure = new_figure(
      group.keys, "hierarchy", "Belief in the true symbols",
      group.first().parameters.at("experiment.noise") == "epsilon" ? "ε" : "s", "mean belief");
  const auto layers = group.first().at(observable::belief).estimate.mean.size();
  for (Index l = 0; l < layers; ++l) {
    const std::string label = l == 0            ? "class"
                              : l + 1 == layers ? "leaves"
                                                : fmt::format("features of layer {}", l);
    figure.curves.push_back(along(
        group.points, "experiment.strength",
        [&](const Point& point) { return std::optional(value_of(point, observable::belief, l)); },
        {.label = label}));
  }
  add(figure,
      along(group.points, "experiment.strength", prediction::class_belief, line("recursion")));
  figure.caption = "The class is lost at a threshold, low features continuously.";
  findings.figures.push_back(figure);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  std::vector<PointGroup> groups = points_along(result, "experiment.strength");
  std::ranges::sort(groups, {}, &PointGroup::keys);
  std::vector<Threshold> thresholds;
  for (PointGroup& group : groups) {
    std::ranges::reverse(group.points);
    if (const auto found = threshold(group)) thresholds.push_back(*found);
    draw(group, findings);
  }
  limit(thresholds, findings);
  return findings;
}

}  // namespace symbreak::findings::random_hierarchy
