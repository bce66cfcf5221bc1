#include "sim/experiment/condensation_analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "analysis/fit/least_squares.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;

constexpr const char* kTime = "experiment.t";

/// Points that differ in t alone, in order of time.
struct Group {
  std::map<std::string, std::string> keys;  ///< the other swept keys
  std::vector<const Point*> points;
  std::string label() const {
    std::string text;
    for (const auto& [key, value] : keys) {
      text += (text.empty() ? "" : ", ") + key.substr(key.find('.') + 1) + " = " + value;
    }
    return text;
  }
};

std::vector<Group> groups(const verdict::Result& result) {
  std::vector<Group> all;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    std::map<std::string, std::string> keys;
    for (const std::string& key : result.swept) {
      if (key != kTime) keys[key] = point.parameters.at(key);
    }
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const Group& group) { return group.keys == keys; });
    if (found == all.end()) found = all.insert(all.end(), Group{keys, {}});
    found->points.push_back(&point);
  }
  for (Group& group : all) {
    std::sort(group.points.begin(), group.points.end(),
              [](const Point* a, const Point* b) { return a->number(kTime) < b->number(kTime); });
  }
  return all;
}

Curve curve(const Group& group, const std::string& observable, const std::string& label) {
  Curve result;
  result.label = group.keys.empty() ? label : label + ", " + group.label();
  for (const Point* point : group.points) {
    if (const verdict::Observable* found = point->find(observable)) {
      result.x.push_back(point->number(kTime));
      result.y.push_back(found->value());
      result.error.push_back(found->error());
    }
  }
  return result;
}

/// Median over single samples (retained one by one as bins of size one), with the order-statistic
/// error: half the distance of the ranks n/2 +- sqrt(n)/2.
Curve median(const Group& group, const std::string& observable, const std::string& label) {
  Curve result;
  result.label = group.keys.empty() ? label : label + ", " + group.label();
  result.style = Curve::Style::points;
  for (const Point* point : group.points) {
    const verdict::Observable* found = point->find(observable);
    if (found == nullptr) continue;
    std::vector<double> samples;
    for (const statistics::Series& unit : found->units) {
      if (unit.bin_size != 1) continue;
      samples.insert(samples.end(), unit.bins.data(), unit.bins.data() + unit.bins.size());
    }
    if (samples.size() < 8) continue;
    std::sort(samples.begin(), samples.end());
    const double n = static_cast<double>(samples.size());
    const auto rank = [&](double position) {
      return samples[static_cast<std::size_t>(std::clamp(position, 0.0, n - 1))];
    };
    result.x.push_back(point->number(kTime));
    result.y.push_back(rank(n / 2));
    result.error.push_back((rank(n / 2 + std::sqrt(n) / 2) - rank(n / 2 - std::sqrt(n) / 2)) / 2);
  }
  return result;
}

double normal_cdf(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

/// E[w_1] at the threshold I = log N: 1/2 + log 2/sqrt(4 pi L), the planted random-energy model at
/// its critical point (L = log N); the next order is O(1/L), see kNextOrder.
double threshold_weight(double log_count) {
  return std::min(0.9, 0.5 + std::log(2.0) / std::sqrt(4 * M_PI * log_count));
}
/// Size of the neglected O(1/L) term of E[w_1] at threshold. Exact quadrature of the planted
/// random-energy model gives -0.068/L (L = 13.9) and -0.060/L (L = 69.3).
constexpr double kNextOrder = 0.07;

struct Collapse {
  double time, error, width;
  fit::Fit fit;
};

/// E[w_1](t) = Phi((log t_C - log t)/width + c) around the transition, with Phi(c) the value at
/// threshold: a finite-size transition is a sigmoid, not a kink.
std::optional<Collapse> fit_collapse(const Group& group, double log_count) {
  std::vector<double> log_t, weight, sigma;
  for (const Point* point : group.points) {
    const verdict::Observable* found = point->find("true_weight");
    if (found == nullptr || !(found->value() > 0.05 && found->value() < 0.95)) continue;
    log_t.push_back(std::log(point->number(kTime)));
    weight.push_back(found->value());
    sigma.push_back(std::max(found->error(), 1e-6));
  }
  if (log_t.size() < 4) return std::nullopt;
  const auto count = static_cast<Index>(log_t.size());
  const VectorXd y = Eigen::Map<VectorXd>(weight.data(), count);
  const VectorXd errors = Eigen::Map<VectorXd>(sigma.data(), count);
  const double c = boost::math::quantile(boost::math::normal(), threshold_weight(log_count));
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
  start << log_t[static_cast<std::size_t>(middle)], std::sqrt(2 / log_count), 0.0;
  Collapse result;
  result.fit = fit::nonlinear(model, start, y, errors);
  if (!result.fit.converged) return std::nullopt;
  // A poor chi^2 means that the sigmoid's shape is not exact at this size: widen the error by it.
  const double scale = std::sqrt(std::max(1.0, result.fit.chi2_per_dof()));
  result.time = std::exp(result.fit.value[0]);
  result.error = result.time * result.fit.error[0] * scale;
  result.width = std::abs(result.fit.value[1]);
  return result;
}

verdict::Verdict pooled_identity(const std::vector<Group>& all, const std::string& observable,
                                 const std::string& source) {
  double sum = 0, variance = 0, worst = 0;
  Index count = 0;
  for (const Group& group : all) {
    for (const Point* point : group.points) {
      const verdict::Observable* found = point->find(observable);
      if (found == nullptr || !(found->error() > 0)) continue;
      sum += found->value();
      variance += found->error() * found->error();
      worst = std::max(worst, std::abs(found->value()) / found->error());
      ++count;
    }
  }
  const double n = std::max<double>(1, static_cast<double>(count));
  verdict::Verdict row;
  row.quantity = observable;
  row.measured = sum / n;
  row.error = std::sqrt(variance) / n;
  row.predicted = 0;
  row.source = source;
  row.from = fmt::format("mean over {} points", count);
  row.note = fmt::format("largest deviation of a single point {:.1f} standard errors", worst);
  return row;
}

std::vector<Figure> draw(const std::vector<Group>& all, bool planted,
                         const std::vector<std::pair<double, std::string>>& lines,
                         const std::vector<Curve>& sigmoids) {
  const auto figure = [&](const std::string& name, const std::string& title,
                          const std::string& y_label) {
    Figure result;
    result.name = name;
    result.title = title;
    result.x_label = "t";
    result.y_label = y_label;
    result.log_x = true;
    result.vertical_lines = lines;
    return result;
  };
  Figure weights = figure("weights", "Memorization of the data", "weight, probability");
  weights.y_range = {{-0.02, 1.02}};
  Figure patterns = figure("effective_patterns", "Data that share the posterior", "1/Y");
  patterns.log_y = true;
  Figure entropy = figure("entropy", "Posterior entropy", "H(y|x) / nats");
  Figure excess = figure("excess_entropy", "Excess entropy", "−log(w₁)/d / nats");
  for (const Group& group : all) {
    weights.curves.push_back(curve(group, "participation", "E[Y]"));
    weights.curves.push_back(median(group, "participation", "median Y"));
    if (planted) {
      weights.curves.push_back(curve(group, "true_weight", "E[w₁]"));
      weights.curves.push_back(curve(group, "map_correct", "P(MAP right)"));
      weights.curves.push_back(curve(group, "largest_weight", "E[max w]"));
      excess.curves.push_back(curve(group, "excess_entropy", "f^e"));
    }
    patterns.curves.push_back(curve(group, "effective_patterns", "E[1/Y]"));
    entropy.curves.push_back(curve(group, "entropy", "H(y|x)"));
    Curve ceiling;
    ceiling.label = "log N";
    ceiling.style = Curve::Style::dashed;
    const double log_count = *group.points.front()->prediction("log_count");
    for (const Point* point : {group.points.front(), group.points.back()}) {
      ceiling.x.push_back(point->number(kTime));
      ceiling.y.push_back(log_count);
    }
    entropy.curves.push_back(ceiling);
  }
  weights.curves.insert(weights.curves.end(), sigmoids.begin(), sigmoids.end());
  weights.caption = planted
                        ? "Planted noisy states x = y₁ + noise. E[w₁] = E[Y] and P(MAP right) = "
                          "E[max w] are exact identities."
                        : "Unplanted noisy states, independent of the dataset.";
  std::vector<Figure> figures = {weights, patterns, entropy};
  if (planted) figures.push_back(excess);
  return figures;
}

}  // namespace

verdict::Findings analyse_condensation(const verdict::Result& result) {
  verdict::Findings findings;
  const std::vector<Group> all = groups(result);
  if (all.empty()) return findings;
  const bool planted = all[0].points[0]->parameters.at("experiment.state") == "planted";
  std::vector<std::pair<double, std::string>> lines;
  std::vector<Curve> sigmoids;

  for (const Group& group : all) {
    const Point& first = *group.points.front();
    const double log_count = *first.prediction("log_count");
    const auto predicted = first.prediction("collapse_time");
    const bool bound = first.prediction("collapse_is_bound").value_or(0) != 0;
    if (predicted) lines.emplace_back(*predicted, bound ? "bound on t_C" : "t_C, I = log N");
    if (!planted) {
      findings.diagnostics.push_back(
          {verdict::Severity::note, "participation",
           "unplanted states: below the condensation time the mean of Y is dominated by rare "
           "samples, read the median beside it",
           "for the memorization of trajectories use experiment.state = planted"});
      continue;
    }
    const auto collapse = fit_collapse(group, log_count);
    if (!collapse) {
      findings.diagnostics.push_back(
          {verdict::Severity::warning, "collapse_time",
           fmt::format("fewer than 4 times have 0.05 < E[w_1] < 0.95{}{}",
                       group.keys.empty() ? "" : " at ", group.label()),
           "add values of experiment.t around the collapse"});
      continue;
    }
    Curve sigmoid;
    sigmoid.label = "sigmoid fit";
    sigmoid.style = Curve::Style::line;
    const double c = boost::math::quantile(boost::math::normal(), threshold_weight(log_count));
    for (int i = -40; i <= 40; ++i) {
      const double z = 0.06 * i;
      sigmoid.x.push_back(std::exp(collapse->fit.value[0] - z * collapse->fit.value[1]));
      sigmoid.y.push_back(normal_cdf(z * (1 + collapse->fit.value[2] * z) + c));
    }
    sigmoids.push_back(sigmoid);
    lines.emplace_back(collapse->time, "t_C measured");
    const std::string from = fmt::format(
        "sigmoid fit of E[w_1], chi2/dof {:.2g}, width {:.3g} in log t (REM: sqrt(2/log N) = "
        "{:.3g})",
        collapse->fit.chi2_per_dof(), collapse->width, std::sqrt(2 / log_count));
    if (predicted && !bound) {
      verdict::Verdict row;
      row.quantity = "collapse_time";
      row.point = group.keys;
      row.measured = collapse->time;
      row.error = collapse->error;
      row.predicted = *predicted;
      // d E[w_1]/d log t = 1/(sqrt(2 pi) width) at threshold.
      row.predicted_error =
          *predicted * kNextOrder / log_count * std::sqrt(2 * M_PI) * collapse->width;
      row.from = from;
      row.note = "predicted error: finite-size terms of order 1/log N";
      for (const verdict::Prediction& candidate : first.predictions) {
        if (candidate.quantity == "collapse_time") row.source = candidate.source;
      }
      findings.verdicts.push_back(row);
    } else {
      findings.diagnostics.push_back(
          {verdict::Severity::note, "collapse_time",
           fmt::format("the dataset collapses at t_C = {:.4g} +- {:.2g} ({}){}", collapse->time,
                       collapse->error, from,
                       predicted ? fmt::format("; a Gaussian law of the same covariance collapses "
                                               "at {:.4g}, an upper bound",
                                               *predicted)
                                 : ""),
           ""});
    }
  }
  if (planted) {
    findings.verdicts.push_back(
        pooled_identity(all, "true_weight_identity", "E[w_1] = E[Y], exact at every N, d, t"));
    findings.verdicts.push_back(
        pooled_identity(all, "map_identity", "P(MAP right) = E[max w], exact at every N, d, t"));
  }
  findings.figures = draw(all, planted, lines, sigmoids);
  return findings;
}

}  // namespace symbreak::experiment
