#include "analysis/findings/condensation/collapse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <optional>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/condensation/observables.hpp"
#include "analysis/fit/least_squares.hpp"
#include "analysis/theory/levels/condensation.hpp"
#include "analysis/theory/levels/threshold.hpp"

namespace symbreak::findings::condensation {

using verdict::Severity;

namespace {

double normal_cdf(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

/// E[w_1] at the threshold I = log N and what the theory neglects: that of the data's law where it
/// is known (analysis/theory/levels/threshold.hpp), else that of the planted random-energy model at its
/// critical point, 1/2 + log 2/sqrt(4 pi L), L = log N, good to .07/L (exact quadrature: -.068/L at
/// L = 13.9, -.060/L at 69.3).
theory::ThresholdWeight threshold_weight(const Point& point, double log_count) {
  const auto value = point.prediction(prediction::threshold_weight);
  const auto error = point.prediction(prediction::threshold_weight_error);
  return {std::min(0.9, value.value_or(theory::rem_planted_critical(log_count))),
          error.value_or(0.07 / log_count)};
}

struct Collapse {
  Value time;
  double width;
  fit::Fit fit;
};

/// E[w_1](t) = Phi((log t_C - log t)/width + c) around the transition, with Phi(c) the value at
/// threshold: a finite-size transition is a sigmoid, not a kink.
std::optional<Collapse> fit_collapse(const Group& group, ObservableName of, double threshold) {
  std::vector<double> log_t, weight, sigma, freedom;
  for (const Point* point : group.points) {
    const Observable* found = point->find(of);
    if (found == nullptr || !(found->value() > 0.05 && found->value() < 0.95)) continue;
    log_t.push_back(std::log(time_of(*point)));
    weight.push_back(found->value());
    sigma.push_back(std::max(found->error(), 1e-6));
    freedom.push_back(found->estimate.value().dof);
  }
  if (log_t.size() < 4) return std::nullopt;
  const auto count = static_cast<Index>(log_t.size());
  const VectorXd y = vector_of(weight);
  const double c = boost::math::quantile(boost::math::normal(), threshold);
  const auto model = [&](const VectorXd& p) {
    // Skewness of the information density makes the sigmoid lean: one asymmetry parameter.
    VectorXd values(count);
    for (Index i = 0; i < count; ++i) {
      const double z = (p[0] - log_t[static_cast<std::size_t>(i)]) / p[1];
      values[i] = normal_cdf(z * (1 + p[2] * z) + c);
    }
    return values;
  };
  Index middle = 0;
  (y.array() - 0.5).abs().minCoeff(&middle);
  VectorXd start(3);
  // d E[w_1]/d log t at the middle, from the outermost points.
  const double width = std::abs(log_t.back() - log_t.front()) / 3;
  start << log_t[static_cast<std::size_t>(middle)], width, 0.0;
  Collapse result;
  result.fit = fit::nonlinear(model, start, y, {vector_of(sigma), vector_of(freedom)});
  if (!result.fit.converged) return std::nullopt;
  // A poor chi^2 means that the sigmoid's shape is not exact at this size: widen the error by it.
  result.time = result.fit.at(0, true);
  result.time.value = std::exp(result.time.value);
  result.time.error *= result.time.value;
  result.width = std::abs(result.fit.value[1]);
  return result;
}

}  // namespace

void judge_collapse(Findings& findings, const Group& group,
                    std::vector<std::pair<double, std::string>>& lines,
                    std::vector<Curve>& sigmoids) {
  const Point& first = group.first();
  const double log_count = *first.fact(fact::log_count);
  const auto predicted = first.prediction(prediction::collapse_time);
  const bool bound = first.fact(fact::collapse_is_bound).value_or(0) != 0;
  if (predicted) lines.emplace_back(*predicted, bound ? "bound on t_C" : "t_C, I = log N");
  if (log_count == 0) {
    note(findings, "collapse_time",
         "a dataset of one point holds all the weight at every time: there is nothing to condense");
    return;
  }
  const theory::ThresholdWeight threshold = threshold_weight(first, log_count);
  const auto collapse = fit_collapse(group, observable::true_weight, threshold.value);
  if (!collapse) {
    // A table at one time, or far from the collapse, has no sigmoid and need not have one.
    const bool across = group.points.size() >= 4;
    findings.diagnostics.push_back({across ? Severity::warning : Severity::note, "collapse_time",
                                    fmt::format("fewer than 4 times have 0.05 < E[w_1] < 0.95{}{}",
                                                group.keys.empty() ? "" : " at ", group.label()),
                                    "add values of experiment.t around the collapse"});
    return;
  }
  Curve sigmoid{.label = group.label("sigmoid"), .style = Curve::Style::line};
  const VectorXd& p = collapse->fit.value;
  const double c = boost::math::quantile(boost::math::normal(), threshold.value);
  const double low = std::log(time_of(first)), high = std::log(time_of(*group.points.back()));
  for (int i = 0; i <= 100; ++i) {
    const double log_t = low + (high - low) * i / 100, z = (p[0] - log_t) / p[1];
    if (z * p[2] < -0.5) continue;  // beyond the fitted window the parabola turns
    push(sigmoid, std::exp(log_t), normal_cdf(z * (1 + p[2] * z) + c));
  }
  sigmoids.push_back(sigmoid);
  const std::string from = "sigmoid of E[w_1] in log t";
  const auto add = [&](Verdict& row) {
    of_fit(row, collapse->fit);
    row.detail = fmt::format("{} times", collapse->fit.dof + 3);
    row.role = Role::headline;
  };
  if (!predicted || bound) {
    add(tell(findings, "collapse_time", group.keys, collapse->time, from));
    if (predicted) {
      tell(findings, "collapse_time", group.keys, {*predicted},
           first.source(prediction::collapse_time))
          .criterion = "Gaussian law of the same covariance, an upper bound";
    }
  }
  // The limit sqrt(2/log N) of narrow distributions of distances is no prediction at this alpha.
  const Value fitted_width = collapse->fit.at(1);
  tell(findings, "collapse_width", group.keys,
       {collapse->width, fitted_width.error, fitted_width.dof}, from);
  tell(findings, "collapse_width", group.keys, {std::sqrt(2 / log_count)}, "sqrt(2/log N)")
      .criterion = "alpha -> 0";
  if (!predicted || bound) return;
  // d E[w_1]/d log t = 1/(sqrt(2 pi) width) at threshold.
  const double unsure = *predicted * threshold.error * std::sqrt(2 * M_PI) * collapse->width;
  add(judge(findings, "collapse_time", group.keys, collapse->time, {*predicted, unsure},
            first.source(prediction::collapse_time), from,
            "predicted error: neglected finite-size terms"));
}

void judge_class_collapse(Findings& findings, const Group& group,
                          std::vector<std::pair<double, std::string>>& lines) {
  const Point& first = group.first();
  const auto predicted = first.prediction(prediction::class_time);
  if (!predicted || first.find(observable::class_weight) == nullptr) return;
  lines.emplace_back(*predicted, "t of the classes");
  const auto value = first.prediction(prediction::class_threshold_weight),
             error = first.prediction(prediction::class_threshold_weight_error);
  const auto collapse =
      value ? fit_collapse(group, observable::class_weight, *value) : std::nullopt;
  if (!collapse) {
    tell(findings, "class_collapse_time", group.keys, {*predicted},
         first.source(prediction::class_time));
    return;
  }
  const double unsure = *predicted * *error * std::sqrt(2 * M_PI) * collapse->width;
  Verdict& row =
      judge(findings, "class_collapse_time", group.keys, collapse->time, {*predicted, unsure},
            first.source(prediction::class_time), "sigmoid of E[W_1] in log t",
            "predicted error: neglected finite-size terms");
  of_fit(row, collapse->fit);
  row.role = Role::headline;
}

}  // namespace symbreak::findings::condensation
