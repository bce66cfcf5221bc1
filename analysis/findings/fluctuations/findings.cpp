// From fluctuations of clean spins to critical times and the target's exponents in them.
#include "analysis/findings/fluctuations/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/clock.hpp"
#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/fluctuations/observables.hpp"

namespace symbreak::findings::fluctuations {

Value eigenvalue(const Point& point) {
  return value_of(point, point.find(observable::covariance_eigenvalue) != nullptr
                             ? observable::covariance_eigenvalue
                             : observable::magnetization_second);
}

std::optional<Value> correlation_length(const Point& point) {
  const Observable* factor = point.find(observable::structure_factor);
  if (factor == nullptr) return std::nullopt;
  const Value first = value_of(point, observable::structure_factor, 1);
  const Value zero = value_of(point, observable::magnetization_second);
  const double ratio = zero.value / first.value - 1;
  if (!(ratio > 0)) return std::nullopt;
  const double L = 2.0 * static_cast<double>(factor->shape.at(0) - 1);
  const double scale = 1 / (2 * std::sin(M_PI / L)), xi = scale * std::sqrt(ratio);
  const double relative = std::hypot(zero.error / zero.value, first.error / first.value);
  return Value{xi, scale * relative * (ratio + 1) / (2 * std::sqrt(ratio))};
}

namespace {

void judge_point(const Point& point, const Keys& keys, Findings& findings) {
  const Value lambda = eigenvalue(point);
  const theory::NoiseClock forward = clock_of(point);
  const Value time{forward.time(lambda.value),
                   std::abs(forward.time(lambda.value + lambda.error) - forward.time(lambda.value)),
                   lambda.dof};
  judge_or_tell(findings, "critical_time", keys, time, point, prediction::critical_time,
                "lambda_max(C)/sigma^2 of clean samples")
      .role = Role::headline;
  if (Verdict* energy = judge_known(findings, "energy", keys, value_of(point, observable::energy),
                                    point, prediction::energy_exact, "E/N of clean samples")) {
    energy->role = Role::check;
  }
  if (point.find(observable::covariance_eigenvalue_excess) != nullptr) {
    judge(findings, "covariance_eigenvalue_excess", keys,
          value_of(point, observable::covariance_eigenvalue_excess), {},
          "exact sum over states of the same couplings", "sampled minus exact lambda_max(C)");
  }
  const std::string label = joined("", key_label(keys), ": ");
  if (const auto xi = correlation_length(point)) {
    tell(findings, "correlation_length", keys, *xi, "second moment of the structure factor").unit =
        "sites";
  }
  if (const Observable* r_hat = point.find(observable::chains_r_hat)) {
    // A sample whose chains have met has R-hat - 1 = tau/n, a few hundredths.
    constexpr double kMost = 1.1;
    const auto stuck = std::count_if(r_hat->units.begin(), r_hat->units.end(),
                                     [](const auto& unit) { return !(unit.mean[0] < kMost); });
    if (stuck > 0) {
      warn(findings, observable::chains_r_hat.string(),
           fmt::format("{}in {} of {} disorder samples the chains have not met (split R-hat > {})",
                       label, stuck, r_hat->units.size(), kMost),
           "raise sampling.burn_in and experiment.gap");
    }
  }
  // Disorder samples differ by right: for them the above, and exact sums at the smallest size.
  if (point.number("sampling.disorder_samples") > 1) return;
  for (ObservableName name : {observable::magnetization_second, observable::energy}) {
    if (point.at(name).estimate.converged) continue;
    warn(findings, name.string(), label + "chains disagree (split R-hat)",
         "raise sampling.burn_in or sampling.blocks");
  }
}

}  // namespace

/// Verdicts per point: `critical_time` and `energy` where they are known exactly; the eigenvalue of
/// disordered samples against exact sums. Over points: the scaling laws of findings.hpp.
Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) judge_point(point, keys, findings);
  for (const PointGroup& group : group_points(result, {"target.side"})) {
    size_scaling(group, findings);
  }
  for (const PointGroup& group : group_points(result, {"target.side", "target.temperature"})) {
    temperature_scaling(group, findings);
    draw_over_temperature(group, findings);
  }
  for (const PointGroup& group : group_points(result, {"target.dimension", "target.patterns"})) {
    disorder_limit(group, findings);
  }
  draw_structure(result, findings);
  return findings;
}

}  // namespace symbreak::findings::fluctuations
