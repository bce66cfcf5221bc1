#include "analysis/findings/common/spin_moments.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/fit/least_squares.hpp"
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::experiment {

namespace {

using verdict::Point;

struct Moment {
  std::string quantity, prediction, text;
  Value (*measure)(const Point&);
};

double binder(const Eigen::VectorXd& means) { return 1 - means[1] / (3 * means[0] * means[0]); }

const std::vector<Moment>& moments() {
  static const std::vector<Moment> all = {
      {"energy", "energy_exact", "E/N",
       [](const Point& point) { return value_of(point, "energy"); }},
      {"magnetization_abs", "magnetization_abs_exact", "|M|/N",
       [](const Point& point) { return value_of(point, "magnetization_abs"); }},
      {"magnetization_second", "magnetization_second_exact", "M^2/N",
       [](const Point& point) { return value_of(point, "magnetization_second"); }},
      {"binder_cumulant", "binder_exact", "1 - <M^4>/(3 <M^2>^2), jackknife",
       [](const Point& point) {
         return derived(point, {"magnetization_second", "magnetization_fourth"}, binder);
       }},
  };
  return all;
}

std::string source_of(const Point& point, const std::string& quantity) {
  for (const verdict::Prediction& prediction : point.predictions) {
    if (prediction.quantity == quantity) return prediction.source;
  }
  return "";
}

void check_chains(const Point& point, const std::string& where, verdict::Findings& findings) {
  const verdict::Observable* unconverged = point.find("chains_unconverged");
  constexpr double kTolerated = 0.05;
  if (unconverged == nullptr || unconverged->value() <= kTolerated) return;
  findings.diagnostics.push_back(
      {verdict::Severity::note, "chains_unconverged",
       fmt::format(
           "{}in {:.0f} % of the trajectories some evaluation was shorter than the relaxation of "
           "its chains (split R-hat > 1.5)",
           where.empty() ? "" : where + ": ", 100 * unconverged->value()),
       "chains are kept from step to step; what their lag does is seen in the drift with sweeps"});
}

/// One moment against 1/sweeps.
void extrapolate(const PointGroup& group, const Moment& moment, double predicted,
                 verdict::Figure& figure, verdict::Findings& findings) {
  const auto count = static_cast<Eigen::Index>(group.points.size());
  Eigen::MatrixXd design = Eigen::MatrixXd::Ones(count, 2);
  Eigen::VectorXd y(count), sigma(count);
  verdict::Curve curve;
  curve.label = moment.text;
  for (Eigen::Index i = 0; i < count; ++i) {
    const Point& point = *group.points[static_cast<std::size_t>(i)];
    const Value measured = moment.measure(point);
    design(i, 1) = 1 / point.number("experiment.sweeps");
    y[i] = measured.value;
    sigma[i] = measured.error;
    curve.x.push_back(design(i, 1));
    curve.y.push_back(y[i] / predicted - 1);
    curve.error.push_back(std::abs(sigma[i] / predicted));
  }
  figure.curves.push_back(curve);
  const fit::Fit line = fit::linear(design, y, sigma);
  const double finest = design.col(1).minCoeff();
  verdict::Verdict row;
  row.quantity = moment.quantity;
  row.point = group.keys;
  row.measured = line.value[0];
  row.error = line.error[0];
  row.predicted = predicted;
  row.source = source_of(*group.points.front(), moment.prediction);
  row.from = fmt::format(
      "{} of generated samples, extrapolated to an exact score in 1/sweeps, {} "
      "values, chi2/dof {:.2f}",
      moment.text, count, line.chi2_per_dof());
  row.note = fmt::format("the score's error at the most sweeps moves it by {:.2g} +- {:.1g}",
                         line.value[1] * finest, line.error[1] * finest);
  findings.verdicts.push_back(row);
}

}  // namespace

void judge_generated_spins(const verdict::Result& result, verdict::Findings& findings) {
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    check_chains(point, key_label(keys), findings);
    if (point.find("energy") == nullptr) continue;
    for (const Moment& moment : moments()) {
      const auto predicted = point.prediction(moment.prediction);
      if (!predicted) continue;
      const Value measured = moment.measure(point);
      verdict::Verdict row;
      row.quantity = moment.quantity;
      row.point = keys;
      row.measured = measured.value;
      row.error = measured.error;
      row.predicted = *predicted;
      row.source = source_of(point, moment.prediction);
      row.from = moment.text + " of generated samples";
      row.note = fmt::format("relative error {:.2g} %",
                             100 * measured.error / std::max(1e-300, std::abs(*predicted)));
      findings.verdicts.push_back(row);
    }
    for (const char* law : {"magnetization", "energy"}) {
      const Value measured = value_of(point, fmt::format("wasserstein_1_{}_excess", law));
      verdict::Verdict row;
      row.quantity = "wasserstein_1";
      row.point = keys;
      row.measured = measured.value;
      row.error = measured.error;
      row.source = "same law";
      row.from = fmt::format(
          "law of the {} per site: to exact samples minus that between exact "
          "samples",
          law);
      findings.verdicts.push_back(row);
    }
  }
  for (const PointGroup& group : group_points(result, {"experiment.sweeps"})) {
    if (group.points.size() < 2 || group.points.front()->find("energy") == nullptr) continue;
    if (group.points.front()->find("clean_mean_variance") == nullptr) continue;
    verdict::Figure figure;
    const std::string label = key_label(group.keys);
    figure.name = label.empty() ? "score_error" : "score_error_" + label;
    figure.title = "Generated moments and the error of the score";
    figure.x_label = "1/sweeps (variance of the sampled score)";
    figure.y_label = "generated/exact − 1";
    figure.caption =
        "Halving the variance of the score, at equal time grid: the drift bounds what is left of "
        "it "
        "at the largest number of sweeps.";
    for (const Moment& moment : moments()) {
      const auto predicted = group.points.front()->prediction(moment.prediction);
      if (predicted) extrapolate(group, moment, *predicted, figure, findings);
    }
    if (!figure.curves.empty()) findings.figures.push_back(figure);
  }
}

}  // namespace symbreak::experiment
