// From late starts to verdicts and figures. Verdicts: `late_start_divergence` per point against
// quadrature (one dimension); `occupation_gap` per point, the occupation of the first class against
// E P(class|x) at the start; `critical_start` over the start times, where the divergence bends most
// in ln s, in the unit q = 1/s, with the error of refitting resampled curves.

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/common/rare_events.hpp"
#include "analysis/findings/common/resampled.hpp"
#include "analysis/findings/common/step_error.hpp"
#include "analysis/findings/late_start/observables.hpp"
#include "analysis/statistics/matrix.hpp"

namespace symbreak::findings::late_start {

namespace {

/// Where a smooth curve through the points bends most: second derivative of local cubics over five
/// neighbours, its maximum by a parabola through three of them.
double largest_curvature(const VectorXd& log_s, const VectorXd& value) {
  const Index n = log_s.size();
  VectorXd curvature = VectorXd::Constant(n, -1e300);
  for (Index i = 2; i + 2 < n; ++i) {
    MatrixXd design(5, 4);
    for (Index k = 0; k < 5; ++k) {
      const double u = log_s[i + k - 2] - log_s[i];
      design.row(k) << 1, u, u * u, u * u * u;
    }
    const VectorXd y = value.segment(i - 2, 5);
    const VectorXd c = statistics::NormalEquations(design, y).solution;
    curvature[i] = 2 * c[2];
  }
  Index top = 0;
  curvature.maxCoeff(&top);
  if (top < 3 || top + 3 >= n) return log_s[top];
  const double left = curvature[top - 1], right = curvature[top + 1], middle = curvature[top];
  const double step = (log_s[top + 1] - log_s[top - 1]) / 2;
  return log_s[top] + step / 2 * (left - right) / (left - 2 * middle + right);
}

void critical_start(const PointGroup& group, std::uint64_t seed, Findings& findings) {
  const auto& [keys, points] = group;
  if (points.size() < 9 || group.first().find(observable::divergence) == nullptr) return;
  const auto exact = group.first().prediction(prediction::critical_start_noise);
  VectorXd log_s(static_cast<Index>(points.size())), value(log_s.size()), error(log_s.size()),
      smooth(log_s.size());
  double dof = statistics::kKnown;  // the least: few points are near the bend
  for (Index i = 0; i < log_s.size(); ++i) {
    const Point& point = *points[static_cast<std::size_t>(i)];
    log_s[i] = std::log(*point.fact(fact::noise));
    const Value divergence = value_of(point, observable::divergence);
    value[i] = divergence.value, error[i] = divergence.error;
    dof = std::min(dof, divergence.dof);
    smooth[i] = point.prediction(prediction::divergence).value_or(0);
  }
  const auto solve = [&](const VectorXd& curve) { return largest_curvature(log_s, curve); };
  constexpr int kResamples = 200;
  double sum = 0, squares = 0;
  for (const double at : resampled(value, error, seed, kResamples, solve)) {
    sum += at / kResamples;
    squares += at * at / kResamples;
  }
  const double at = solve(value), spread = std::sqrt(squares - sum * sum);
  Value measured{std::exp(-at), std::exp(-at) * spread, dof};
  const std::string from = "q = 1/s where the divergence bends most in ln s";
  if (!exact) {
    tell(findings, "critical_start", keys, measured, from).role = Role::headline;
    return;
  }
  // What the local cubics do to the exact curve on the same nodes is a systematic error.
  const double bias = std::abs(solve(smooth) - std::log(*exact));
  measured.error = std::hypot(measured.error, std::exp(-at) * bias);
  judge(findings, "critical_start", keys, measured, {1 / *exact},
        "largest curvature of the exact divergence, q = 1/s", from)
      .role = Role::headline;
}

void draw(const PointGroup& group, Findings& findings) {
  Figure divergence = new_figure(group.keys, "late_start", "What a Gaussian late start loses",
                                 "t of the start", "KL, W₂²", Log::x);
  divergence.caption = "Flat before the critical time, steep after it: nothing is decided early.";
  add(divergence, along(group.points, fact::time, observable::divergence,
                        {.label = "KL(p_t ‖ Gaussian), measured"}));
  divergence.curves.push_back(along(group.points, fact::time, observable::wasserstein_2_excess,
                                    {.label = "W₂² of generated data"}));
  add(divergence, along(group.points, fact::time, prediction::divergence, line("quadrature")));
  findings.figures.push_back(divergence);
  Figure occupation =
      new_figure(group.keys, "late_start_occupation", "Occupation of the first class",
                 "t of the start", "probability", Log::x,
                 "Beside what was generated: what the start has already decided. A late start "
                 "below t_c keeps its bias.");
  occupation.curves.push_back(
      along(group.points, fact::time, observable::branch_occupation, {.label = "generated"}));
  add(occupation, along(group.points, fact::time, observable::ideal_occupation,
                        {.label = "E P(class|x) at the start"}));
  findings.figures.push_back(occupation);
}

}  // namespace

Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) {
    if (const auto exact = point.prediction(prediction::divergence)) {
      judge(findings, "late_start_divergence", keys, value_of(point, observable::divergence),
            {*exact}, "quadrature over p_s", "log p_s - log N on forward noised data");
    }
    const Observable* ideal = point.find(observable::ideal_occupation);
    if (point.fact_values(fact::class_weight).size() > 1 && ideal != nullptr) {
      const double walkers = ideal->estimate.ess[0] * point.number("sampling.walkers");
      const Value gap =
          with_rare_events(value_of(point, observable::occupation_gap), ideal->value(), walkers);
      judge(findings, "occupation_gap", keys, gap, {0, step_error(point)},
            "P(class|x) is a martingale", "generated minus E P(class|x) at the start, first class");
    }
  }
  for (const PointGroup& group : points_by_noise(result, "experiment.t_start")) {
    critical_start(group, result.seed, findings);
    draw(group, findings);
  }
  note_steps(findings, result);
  return findings;
}

}  // namespace symbreak::findings::late_start
