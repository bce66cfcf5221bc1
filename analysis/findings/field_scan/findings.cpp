// The branch m(s) read off M(H), its exponents, and the target's own at its critical point.
#include "analysis/findings/field_scan/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/clock.hpp"
#include "analysis/findings/common/spin_moments.hpp"
#include "analysis/findings/field_scan/observables.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/mean_field.hpp"
#include "analysis/theory/spins/ising_square.hpp"

namespace symbreak::findings::field_scan {

namespace {

/// s = s_c (1 - A m^p (1 + c m^2)) in the widest window m <= m_max that it describes.
void branch(const Point& point, const Scan& scan, const Keys& keys, Findings& findings) {
  fit::Fit best;
  bool found = false;
  double shift = 0;
  for (double reach : {0.7, 0.6, 0.5, 0.4, 0.3}) {
    std::vector<double> m, s, sigma, freedom;
    for (std::size_t i = 0; i < scan.H.size(); ++i) {
      if (scan.m[i] > reach || !(scan.m[i] > 0)) continue;
      m.push_back(scan.m[i]);
      s.push_back(scan.s(i));
      sigma.push_back(scan.s_error(i));
      freedom.push_back(scan.dof[i]);
    }
    constexpr std::size_t kFewest = 7;
    if (m.size() < kFewest) break;
    const auto model = [&](const VectorXd& p) {
      VectorXd y(static_cast<Index>(m.size()));
      for (std::size_t i = 0; i < m.size(); ++i) {
        y[static_cast<Index>(i)] =
            p[0] * (1 - p[1] * std::pow(m[i], p[2]) * (1 + p[3] * m[i] * m[i]));
      }
      return y;
    };
    const VectorXd start = (VectorXd(4) << s.front(), 0.5, 2, 0).finished();
    fit::Fit fitted =
        fit::nonlinear(model, start, vector_of(s), {vector_of(sigma), vector_of(freedom)});
    fitted.window = fmt::format("{} fields, m <= {}", m.size(), reach);
    if (found) {
      const double noise = std::pow(fitted.error[2], 2) - std::pow(best.error[2], 2);
      const double change = fitted.value[2] - best.value[2];
      shift = std::sqrt(std::max(0.0, change * change - std::max(0.0, noise)));
      break;
    }
    if (!fitted.converged || fitted.p_value < 0.05) continue;
    best = fitted;
    found = true;
  }
  if (!found) {
    warn(findings, "exponent_beta",
         "no window of fields is described by s = s_c (1 - A m^(1/beta)(1 + c m^2))",
         "give at least 7 fields with m below 0.3, or more sampling.blocks");
    return;
  }
  const theory::NoiseClock forward = clock_of(point);
  const std::string from = "s = s_c (1 - A m^(1/beta)(1 + c m^2)), s = m/H";
  const auto add = [&](Verdict& row) {
    of_fit(row, best);
    row.role = Role::headline;
  };
  const double t = forward.time(best.value[0]);
  const double t_error = std::abs(forward.time(best.value[0] + best.error[0]) - t);
  if (const auto exact = point.prediction(prediction::critical_time)) {
    add(judge(findings, "critical_time", keys, {t, t_error, best.error_dof[0]}, {*exact, 0},
              "lambda_max(C)/sigma^2 by exact sums", from));
  } else {
    add(tell(findings, "critical_time", keys, {t, t_error, best.error_dof[0]}, from));
  }
  const double p = best.value[2], error = std::hypot(best.error[2], shift);
  const std::string source = "mean-field universality (Ambrogioni 2024, section 3)";
  add(judge(findings, "exponent_beta", keys, {1 / p, error / (p * p), best.error_dof[2]},
            {theory::kBeta, 0}, source, from));
  add(judge(findings, "exponent_delta", keys, {1 + p, error, best.error_dof[2]},
            {theory::kDelta, 0}, source, "isotherm h = s_c H - m of the same fit"));
}

/// The target's own isotherm at its critical point, m ~ H^{1/15}: with s = m/H the branch is
/// m ~ s^{-1/14}, and no finite s_c is left as L -> infinity.
void breakdown(const Point& point, const Scan& scan, const Keys& keys, Findings& findings) {
  const double L = point.number("target.side");
  // Finite-size effects die off as exp(-const H^{8/15} L); corrections are analytic in H/m.
  constexpr double kReach = 12, kStrongest = 0.15;
  const double weakest = kReach * std::pow(L, -15.0 / 8);
  std::vector<double> H, m, error, freedom;
  for (std::size_t i = 0; i < scan.H.size(); ++i) {
    if (scan.H[i] < weakest || scan.H[i] > kStrongest) continue;
    H.push_back(scan.H[i]);
    m.push_back(scan.m[i]);
    error.push_back(scan.error[i]);
    freedom.push_back(scan.dof[i]);
  }
  constexpr std::size_t kFewest = 5;
  if (H.size() < kFewest) return;
  const fit::Fit law =
      fit::power_law_scan(vector_of(H), vector_of(m), {vector_of(error), vector_of(freedom)},
                          {.corrections = 1, .correction_exponent = 14.0 / 15});
  const double p = law.value[0], p_error = std::hypot(law.error[0], law.window_shift);
  const auto add = [&](Verdict& row) {
    of_fit(row, law);
    row.detail += fmt::format(", H > {:.2g}", weakest);
    row.role = Role::headline;
  };
  add(judge(findings, "exponent_delta_target", keys, {1 / p, p_error / (p * p), law.error_dof[0]},
            {theory::kIsingSquareDelta, 0}, "2-D Ising class", "m ~ H^(1/delta)(1 + c H^(14/15))"));
  // s = m/H ~ H^{p - 1}.
  add(judge(findings, "exponent_branch", keys,
            {p / (p - 1), p_error / ((1 - p) * (1 - p)), law.error_dof[0]}, {-1.0 / 14, 0},
            "m ~ s^(-1/14) at the target's T_c, L -> infinity", "the same fit, s = m/H",
            "mean field would have a finite s_c and exponent 1/2 there"));
}

}  // namespace

Scan scan_of(const Point& point) {
  const auto& estimate = point.at(observable::magnetization).estimate;
  Scan scan{.H = point.fact_values(fact::field), .m = {}, .error = {}, .dof = {}};
  for (Index i = 0; i < estimate.mean.size(); ++i) {
    const auto [value, error, dof] = estimate.value(i);
    scan.m.push_back(value);
    scan.error.push_back(error);
    scan.dof.push_back(dof);
  }
  return scan;
}

bool at_square_criticality(const Point& point) {
  const auto lattice = torus(point);
  if (!lattice || lattice->dimension != 2) return false;
  const double T = point.number("target.temperature") / lattice->coupling;
  return std::abs(T / theory::kIsingSquareTc - 1) < 1e-5;
}

/// Verdicts per point. Away from the target's critical point: `critical_time` (s_c = lim M/H),
/// `exponent_beta` and `exponent_delta` from s = s_c (1 - A m^{1/beta}(1 + c m^2)), h = s_c H - m.
/// At the critical point of the square lattice: `exponent_delta_target` = 15 and
/// `exponent_branch` = -1/14, m ~ s^{-1/14}, from fields beyond the finite-size range.
Findings analyse(const Result& result) {
  Findings findings;
  for (const auto& [point, keys] : measured_points(result)) {
    const Scan scan = scan_of(point);
    if (at_square_criticality(point)) {
      breakdown(point, scan, keys, findings);
    } else {
      branch(point, scan, keys, findings);
    }
    if (!point.at(observable::magnetization).estimate.converged) {
      warn(findings, observable::magnetization.string(),
           key_label(keys) + ": chains disagree (split R-hat)",
           "raise sampling.burn_in_blocks or sampling.blocks");
    }
  }
  draw(result, findings);
  return findings;
}

}  // namespace symbreak::findings::field_scan
