// From late starts to verdicts and figures. Verdicts: `late_start_divergence` per point against
// quadrature (one dimension); `occupation_gap` per point, the occupation of the first class against
// E P(class|x) at the start; `critical_start` over the start times, where the divergence bends most
// in ln s, in the unit q = 1/s, with the error of refitting resampled curves.

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/noise_series.hpp"
#include "analysis/findings/late_start/observables.hpp"
#include "analysis/verdict/findings.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::findings::late_start {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;

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

void critical_start(const PointGroup& group, std::uint64_t seed, verdict::Findings& findings) {
  const auto& [keys, points] = group;
  if (points.size() < 9 || group.first().find(observable::divergence) == nullptr) return;
  const auto exact = group.first().prediction(prediction::critical_start_noise);
  std::vector<double> log_s;
  VectorXd value(static_cast<Index>(points.size())), error(value.size()), smooth(value.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Value divergence = value_of(*points[i], observable::divergence);
    log_s.push_back(std::log(*points[i]->fact(fact::noise)));
    value[static_cast<Index>(i)] = divergence.value;
    error[static_cast<Index>(i)] = divergence.error;
    smooth[static_cast<Index>(i)] = points[i]->prediction(prediction::divergence).value_or(0);
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
  Value measured{std::exp(-at), std::exp(-at) * spread};
  if (!exact) {
    note(findings, "critical_start",
         fmt::format("critical start at q = 1/s = {:.4g} +- {:.2g} (largest curvature of the "
                     "divergence in ln s)",
                     measured.value, measured.error));
    return;
  }
  // What the local cubics do to the exact curve on the same nodes is a systematic error.
  const double bias = std::abs(largest_curvature(log_s, smooth) - std::log(*exact));
  measured.error = std::hypot(measured.error, std::exp(-at) * bias);
  judge(findings, "critical_start", keys, measured, {1 / *exact},
        "largest curvature of the exact divergence, q = 1/s",
        "q = 1/s where the divergence bends most in ln s");
}

void draw(const PointGroup& group, verdict::Findings& findings) {
  const std::string tag = group.keys.empty() ? "" : "_" + group.label();
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
  for (const Point* point : group.points) {
    const double t = *point->fact(fact::time);
    push(kl, t, *point, observable::divergence);
    push(w2, t, *point, observable::wasserstein_2_excess);
    push(class_one, t, *point, observable::branch_occupation);
    push(ideal, t, *point, observable::ideal_occupation);
    if (const auto value = point->prediction(prediction::divergence)) push(exact, t, *value);
  }
  ideal.error.clear();
  if (!kl.x.empty()) divergence.curves.push_back(kl);
  divergence.curves.push_back(w2);
  if (!exact.x.empty()) divergence.curves.push_back(exact);
  divergence.caption = "Flat before the critical time, steep after it: nothing is decided early.";
  findings.figures.push_back(divergence);
  occupation.name = "late_start_occupation" + tag;
  occupation.title = "Occupation of the first class";
  occupation.curves.push_back(class_one);
  if (!ideal.x.empty()) occupation.curves.push_back(ideal);
  findings.figures.push_back(occupation);
}

}  // namespace

verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    if (const auto exact = point.prediction(prediction::divergence)) {
      judge(findings, "late_start_divergence", keys, value_of(point, observable::divergence),
            {*exact}, "quadrature over p_s", "log p_s - log N on forward noised data");
    }
    if (point.fact_values(fact::class_weight).size() > 1 &&
        point.find(observable::occupation_gap) != nullptr) {
      judge(findings, "occupation_gap", keys, value_of(point, observable::occupation_gap), {},
            "P(class|x) is a martingale", "generated minus E P(class|x) at the start, first class");
    }
  }
  for (const PointGroup& group : points_by_noise(result, "experiment.t_start")) {
    critical_start(group, result.seed, findings);
    draw(group, findings);
  }
  return findings;
}

}  // namespace symbreak::findings::late_start
