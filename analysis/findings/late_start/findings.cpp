#include "analysis/findings/late_start/findings.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "analysis/findings/common/grouping.hpp"
#include "sim/experiment/common/trajectory_keys.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;
using verdict::Verdict;
using Keys = std::map<std::string, std::string>;

/// Where a smooth curve through the points bends most: second derivative of local cubics over five
/// neighbours, its maximum by a parabola through three of them.
double largest_curvature(const std::vector<double>& log_s, const VectorXd& value) {
  const auto n = static_cast<Index>(log_s.size());
  VectorXd curvature = VectorXd::Constant(n, -1e300);
  for (Index i = 2; i + 2 < n; ++i) {
    MatrixXd design(5, 4);
    VectorXd y(5);
    for (Index k = 0; k < 5; ++k) {
      const double u =
          log_s[static_cast<std::size_t>(i + k - 2)] - log_s[static_cast<std::size_t>(i)];
      design.row(k) << 1, u, u * u, u * u * u;
      y[k] = value[i + k - 2];
    }
    const VectorXd c = (design.transpose() * design).ldlt().solve(design.transpose() * y);
    curvature[i] = 2 * c[2];
  }
  Index top = 0;
  curvature.maxCoeff(&top);
  if (top < 3 || top + 3 >= n) return log_s[static_cast<std::size_t>(top)];
  const double left = curvature[top - 1], right = curvature[top + 1], middle = curvature[top];
  const double step =
      (log_s[static_cast<std::size_t>(top + 1)] - log_s[static_cast<std::size_t>(top - 1)]) / 2;
  return log_s[static_cast<std::size_t>(top)] +
         step / 2 * (left - right) / (left - 2 * middle + right);
}

/// Points that differ in the start time alone, by rising noise.
std::vector<std::pair<Keys, std::vector<const Point*>>> groups(const verdict::Result& result) {
  std::map<Keys, std::vector<const Point*>> found;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    Keys keys = swept_keys(result, point);
    keys.erase("experiment.t_start");
    found[keys].push_back(&point);
  }
  std::vector<std::pair<Keys, std::vector<const Point*>>> all(found.begin(), found.end());
  for (auto& [keys, points] : all) {
    std::sort(points.begin(), points.end(), [](const Point* a, const Point* b) {
      return *a->prediction("noise") < *b->prediction("noise");
    });
  }
  return all;
}

void critical_start(const Keys& keys, const std::vector<const Point*>& points, std::uint64_t seed,
                    verdict::Findings& findings) {
  if (points.size() < 9) return;
  const auto exact = points.front()->prediction("critical_start_noise");
  std::vector<double> log_s;
  VectorXd value(static_cast<Index>(points.size())), error(value.size()), smooth(value.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& divergence = points[i]->observables.at("divergence");
    log_s.push_back(std::log(*points[i]->prediction("noise")));
    value[static_cast<Index>(i)] = divergence.value();
    error[static_cast<Index>(i)] = divergence.error();
    smooth[static_cast<Index>(i)] = points[i]->prediction("divergence").value_or(0);
  }
  // Error: the spread over curves resampled within their errors.
  random::Stream stream({.seed = seed, .purpose = random::Purpose::resample});
  constexpr int kResamples = 200;
  double sum = 0, squares = 0;
  for (int r = 0; r < kResamples; ++r) {
    VectorXd shaken = value;
    for (Index i = 0; i < shaken.size(); ++i) shaken[i] += error[i] * stream.normal();
    const double at = largest_curvature(log_s, shaken);
    sum += at / kResamples;
    squares += at * at / kResamples;
  }
  const double at = largest_curvature(log_s, value), spread = std::sqrt(squares - sum * sum);
  Verdict row{.quantity = "critical_start",
              .point = keys,
              .measured = std::exp(-at),
              .error = std::exp(-at) * spread,
              .source = "largest curvature of the exact divergence, q = 1/s",
              .from = "q = 1/s where the divergence bends most in ln s"};
  if (!exact) {
    findings.diagnostics.push_back(
        {verdict::Severity::note, "critical_start",
         fmt::format("critical start at q = 1/s = {:.4g} +- {:.2g} (largest curvature of the "
                     "divergence in ln s)",
                     row.measured, row.error),
         ""});
    return;
  }
  // What the local cubics do to the exact curve on the same nodes is a systematic error.
  const double bias = std::abs(largest_curvature(log_s, smooth) - std::log(*exact));
  row.error = std::hypot(row.error, std::exp(-at) * bias);
  row.predicted = 1 / *exact;
  findings.verdicts.push_back(row);
}

void draw(const Keys& keys, const std::vector<const Point*>& points, verdict::Findings& findings) {
  const std::string tag = keys.empty() ? "" : "_" + key_label(keys);
  Figure divergence, occupation;
  divergence.name = "late_start" + tag;
  divergence.title = "What a Gaussian late start loses";
  divergence.x_label = occupation.x_label = "t of the start";
  divergence.y_label = "KL, W_2^2";
  divergence.log_x = occupation.log_x = true;
  Curve kl, exact, w2, class_one, ideal;
  kl.label = "KL(p_t || Gaussian), measured";
  exact.label = "quadrature";
  exact.style = Curve::Style::line;
  w2.label = "W_2^2 of generated data";
  class_one.label = "generated";
  ideal.label = "E P(class|x) at the start";
  ideal.style = Curve::Style::line;
  for (const Point* point : points) {
    const double t = *point->prediction("time");
    const auto put = [&](Curve& curve, const char* name) {
      const auto& observable = point->observables.at(name);
      curve.x.push_back(t);
      curve.y.push_back(observable.value());
      curve.error.push_back(observable.error());
    };
    put(kl, "divergence");
    put(w2, "wasserstein_2_excess");
    put(class_one, "branch_occupation");
    put(ideal, "ideal_occupation");
    if (const auto value = point->prediction("divergence")) {
      exact.x.push_back(t);
      exact.y.push_back(*value);
    }
  }
  ideal.error.clear();
  divergence.curves = {kl, w2};
  if (!exact.x.empty()) divergence.curves.push_back(exact);
  divergence.caption = "Flat before the critical time, steep after it: nothing is decided early.";
  findings.figures.push_back(divergence);
  occupation.name = "late_start_occupation" + tag;
  occupation.title = "Occupation of the first class";
  occupation.curves = {class_one, ideal};
  findings.figures.push_back(occupation);
}

}  // namespace

verdict::Findings analyse_late_start(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    const auto add = [&](const std::string& quantity, const std::string& name, double predicted,
                         const std::string& source, const std::string& from) {
      const auto& observable = point.observables.at(name);
      findings.verdicts.push_back({.quantity = quantity,
                                   .point = keys,
                                   .measured = observable.value(),
                                   .error = observable.error(),
                                   .predicted = predicted,
                                   .source = source,
                                   .from = from});
    };
    if (const auto exact = point.prediction("divergence")) {
      add("late_start_divergence", "divergence", *exact, "quadrature over p_s",
          "log p_s - log N on forward noised data");
    }
    if (numbered(point, "class_weight").size() > 1) {
      add("occupation_gap", "occupation_gap", 0, "P(class|x) is a martingale",
          "generated minus E P(class|x) at the start, first class");
    }
  }
  for (const auto& [keys, points] : groups(result)) {
    critical_start(keys, points, result.seed, findings);
    draw(keys, points, findings);
  }
  return findings;
}

}  // namespace symbreak::experiment
