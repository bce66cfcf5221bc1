#include "analysis/findings/hierarchy_recovery/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/fit/least_squares.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;
using Keys = std::map<std::string, std::string>;

/// p*, where the class is believed as much as its leaves, beside that of the averaged recursion.
struct Threshold {
  Keys keys;
  double vocabulary = 0, value = 0, error = 0, recursion = 0;
};

/// Root of a cubic in p/p* - 1 through class belief - leaf belief, for |p/p* - 1| < .15. The same
/// cubic through the recursion at the same nodes, whose root is known, tells what the cubic shifts.
std::optional<Threshold> threshold(const Keys& keys, const std::vector<const Point*>& points) {
  constexpr double kWindow = 0.15;
  constexpr Eigen::Index kTerms = 4;
  const auto recursion = points.front()->prediction("threshold");
  if (!recursion) return std::nullopt;
  std::vector<double> x, measured, error, averaged;
  for (const Point* point : points) {
    const double p = *point->prediction("leaf_belief"), at = p / *recursion - 1;
    const auto& belief = point->observables.at("belief");
    if (std::abs(at) >= kWindow || !(belief.error() > 0)) continue;
    x.push_back(at);
    measured.push_back(belief.value() - p);
    error.push_back(belief.error());
    averaged.push_back(*point->prediction("class_belief") - p);
  }
  const auto n = static_cast<Eigen::Index>(x.size());
  if (n <= kTerms) return std::nullopt;
  MatrixXd design(n, kTerms);
  design.col(0).setOnes();
  for (Eigen::Index k = 1; k < kTerms; ++k) {
    design.col(k) = design.col(k - 1).cwiseProduct(Eigen::Map<const VectorXd>(x.data(), n));
  }
  const auto root = [&](const std::vector<double>& y) {
    const fit::Fit fit = fit::linear(design, Eigen::Map<const VectorXd>(y.data(), n),
                                     Eigen::Map<const VectorXd>(error.data(), n));
    const VectorXd& c = fit.value;
    double at = 0, slope = c[1];
    constexpr int kNewton = 20;
    for (int i = 0; i < kNewton; ++i) {
      slope = c[1] + at * (2 * c[2] + 3 * at * c[3]);
      at -= (c[0] + at * (c[1] + at * (c[2] + at * c[3]))) / slope;
    }
    const Eigen::Vector4d row(1, at, at * at, at * at * at);
    return std::pair(at, std::sqrt(row.dot(fit.covariance * row)) / std::abs(slope));
  };
  const auto [at, spread] = root(measured);
  const double moved = root(averaged).first;
  if (!(std::abs(at) < kWindow)) return std::nullopt;
  return Threshold{.keys = keys,
                   .vocabulary = points.front()->number("target.vocabulary"),
                   .value = *recursion * (1 + at - moved),
                   .error = *recursion * spread,
                   .recursion = *recursion};
}

/// The recursion replaces the rules by their average, which becomes exact as v grows (an upper node
/// sees ~2m pairs with one true child, each of weight ~p/v: a relative fluctuation sqrt(2m)/v,
/// whose square is of order 1/v at fixed m/v). So p*(v)/p*_F = a + c/v + d/v^2 (d from four values
/// of v on), and a = 1 is the prediction.
void judge(const std::vector<Threshold>& all, verdict::Findings& findings) {
  for (const Threshold& one : all) {
    findings.diagnostics.push_back(
        {verdict::Severity::note, "recovery_threshold " + key_label(one.keys),
         fmt::format(
             "p* = {:.5f} +- {:.1g}, {:+.2f} % from {:.5f}, the recursion averaged over rules, "
             "which is exact as v grows",
             one.value, one.error, 100 * (one.value / one.recursion - 1), one.recursion),
         ""});
  }
  std::set<double> vocabularies;
  for (const Threshold& one : all) vocabularies.insert(one.vocabulary);
  constexpr std::size_t kFewest = 3;
  if (vocabularies.size() < kFewest) return;
  const auto n = static_cast<Eigen::Index>(all.size());
  MatrixXd design = MatrixXd::Ones(n, vocabularies.size() > kFewest ? 3 : 2);
  VectorXd ratio(n), error(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Threshold& one = all[static_cast<std::size_t>(i)];
    for (Eigen::Index k = 1; k < design.cols(); ++k) design(i, k) = std::pow(one.vocabulary, -k);
    ratio[i] = one.value / one.recursion;
    error[i] = one.error / one.recursion;
  }
  const fit::Fit fit = fit::linear(design, ratio, error);
  findings.verdicts.push_back(
      {.quantity = "recovery_threshold_ratio",
       .point = {},
       .measured = fit.value[0],
       .error = fit.error[0],
       .predicted = 1,
       .source = "the recursion averaged over rules at v = infinity",
       .from = fmt::format(
           "p*(v)/p*_F in powers of 1/v up to {}, {} vocabularies, c = {:.3f}({:.0f}e-3), chi2/dof "
           "{:.2f}, p {:.2g}",
           design.cols() - 1, all.size(), fit.value[1], 1e3 * fit.error[1], fit.chi2_per_dof(),
           fit.p_value)});
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
  std::vector<Threshold> thresholds;
  for (auto& [keys, points] : groups) {
    std::sort(points.begin(), points.end(), [](const Point* a, const Point* b) {
      return a->number("experiment.strength") > b->number("experiment.strength");
    });
    if (const auto found = threshold(keys, points)) thresholds.push_back(*found);
    Figure figure;
    figure.name = "hierarchy" + (keys.empty() ? "" : "_" + key_label(keys));
    figure.title = "Belief in the true symbols" + (keys.empty() ? "" : ", " + key_label(keys));
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
  judge(thresholds, findings);
  return findings;
}

}  // namespace symbreak::experiment
