#include "analysis/findings/field_scan/findings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/fit/critical.hpp"
#include "analysis/theory/ising_square.hpp"
#include "analysis/theory/mean_field.hpp"
#include "sim/diffusion/forward.hpp"
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::Index;
using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;

/// M(H) of one point.
struct Scan {
  std::vector<double> H, m, error;
  double s(std::size_t i) const { return m[i] / H[i]; }
  double s_error(std::size_t i) const { return error[i] / H[i]; }
};

Scan scan_of(const Point& point) {
  Scan scan;
  const auto& estimate = point.observables.at("magnetization").estimate;
  for (Index i = 0; i < estimate.mean.size(); ++i) {
    scan.H.push_back(*point.prediction(fmt::format("field_{:03}", i)));
    scan.m.push_back(estimate.mean[i]);
    scan.error.push_back(estimate.error[i]);
  }
  return scan;
}

diffusion::Forward forward_of(const Point& point) {
  const std::string& clock = point.parameters.at("forward.clock");
  return {clock == "ddpm"                 ? diffusion::Clock::ddpm
          : clock == "ornstein_uhlenbeck" ? diffusion::Clock::ornstein_uhlenbeck
                                          : diffusion::Clock::brownian,
          point.number("forward.sigma"), point.number("forward.beta_min"),
          point.number("forward.beta_max")};
}

bool at_square_criticality(const Point& point) {
  if (point.parameters.at("target.kind") != "ising_lattice" ||
      point.number("target.dimension") != 2) {
    return false;
  }
  const double T = point.number("target.temperature") / point.number("target.coupling");
  return std::abs(T / theory::kIsingSquareTc - 1) < 1e-5;
}

verdict::Verdict& add(verdict::Findings& findings, const std::map<std::string, std::string>& keys,
                      const std::string& quantity, Value measured, double predicted,
                      const std::string& source, const std::string& from) {
  verdict::Verdict row;
  row.quantity = quantity;
  row.point = keys;
  row.measured = measured.value;
  row.error = measured.error;
  row.predicted = predicted;
  row.source = source;
  row.from = from;
  findings.verdicts.push_back(row);
  return findings.verdicts.back();
}

VectorXd vector(const std::vector<double>& v) {
  return Eigen::Map<const VectorXd>(v.data(), static_cast<Index>(v.size()));
}

/// s = s_c (1 - A m^p (1 + c m^2)) in the widest window m <= m_max that it describes.
void branch(const Point& point, const Scan& scan, const std::map<std::string, std::string>& keys,
            verdict::Findings& findings) {
  fit::Fit best;
  bool found = false;
  double shift = 0;
  for (double reach : {0.7, 0.6, 0.5, 0.4, 0.3}) {
    std::vector<double> m, s, sigma;
    for (std::size_t i = 0; i < scan.H.size(); ++i) {
      if (scan.m[i] > reach || !(scan.m[i] > 0)) continue;
      m.push_back(scan.m[i]);
      s.push_back(scan.s(i));
      sigma.push_back(scan.s_error(i));
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
    fit::Fit fitted = fit::nonlinear(model, start, vector(s), vector(sigma));
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
    findings.diagnostics.push_back(
        {verdict::Severity::warning, "exponent_beta",
         "no window of fields is described by s = s_c (1 - A m^(1/beta)(1 + c m^2))",
         "give at least 7 fields with m below 0.3, or more sampling.blocks"});
    return;
  }
  const diffusion::Forward forward = forward_of(point);
  const std::string from = fmt::format("s = m/H against m, {}, chi2/dof {:.2f}, p {:.2g}",
                                       best.window, best.chi2_per_dof(), best.p_value);
  const double t = forward.time(best.value[0]);
  const double t_error = std::abs(forward.time(best.value[0] + best.error[0]) - t);
  if (const auto exact = point.prediction("critical_time")) {
    add(findings, keys, "critical_time", {t, t_error}, *exact,
        "lambda_max(C)/sigma^2 by exact sums", from);
  } else {
    findings.diagnostics.push_back(
        {verdict::Severity::note, "critical_time",
         fmt::format("{} t_c = {:.6g} +- {:.2g} ({})", key_label(keys), t, t_error, from), ""});
  }
  const double p = best.value[2], error = std::hypot(best.error[2], shift);
  const std::string source = "mean-field universality (Ambrogioni 2024, section 3)";
  add(findings, keys, "exponent_beta", {1 / p, error / (p * p)}, theory::kBeta, source, from);
  add(findings, keys, "exponent_delta", {1 + p, error}, theory::kDelta, source,
      "isotherm h = s_c H - m of the same fit");
}

/// The target's own isotherm at its critical point, m ~ H^{1/15}: with s = m/H the branch is
/// m ~ s^{-1/14}, and no finite s_c is left as L -> infinity.
void breakdown(const Point& point, const Scan& scan, const std::map<std::string, std::string>& keys,
               verdict::Findings& findings) {
  const double L = point.number("target.side");
  // Finite-size effects die off as exp(-const H^{8/15} L); corrections are analytic in H/m.
  constexpr double kReach = 12, kStrongest = 0.15;
  const double weakest = kReach * std::pow(L, -15.0 / 8);
  std::vector<double> H, m, error;
  for (std::size_t i = 0; i < scan.H.size(); ++i) {
    if (scan.H[i] < weakest || scan.H[i] > kStrongest) continue;
    H.push_back(scan.H[i]);
    m.push_back(scan.m[i]);
    error.push_back(scan.error[i]);
  }
  constexpr std::size_t kFewest = 5;
  if (H.size() < kFewest) return;
  const fit::Fit law = fit::power_law_scan(vector(H), vector(m), vector(error),
                                           {.corrections = 1, .correction_exponent = 14.0 / 15});
  const double p = law.value[0], p_error = std::hypot(law.error[0], law.window_shift);
  const std::string from =
      fmt::format("m ~ H^(1/delta)(1 + c H^(14/15)), {}, H > {:.2g}, chi2/dof {:.2f}", law.window,
                  weakest, law.chi2_per_dof());
  add(findings, keys, "exponent_delta_target", {1 / p, p_error / (p * p)},
      theory::kIsingSquareDelta, "2-D Ising class", from);
  // s = m/H ~ H^{p - 1}.
  add(findings, keys, "exponent_branch", {p / (p - 1), p_error / ((1 - p) * (1 - p))}, -1.0 / 14,
      "m ~ s^(-1/14) at the target's T_c, L -> infinity", "the same fit, s = m/H")
      .note = "mean field would have a finite s_c and exponent 1/2 there";
}

/// d log m/d log s between neighbouring fields.
Curve local_exponents(const Scan& scan, const std::string& label) {
  Curve curve;
  curve.label = label;
  for (std::size_t i = 0; i + 1 < scan.H.size(); ++i) {
    const double step = std::log(scan.s(i + 1) / scan.s(i));
    const double a = scan.error[i] / scan.m[i], b = scan.error[i + 1] / scan.m[i + 1];
    const double value = std::log(scan.m[i + 1] / scan.m[i]) / step;
    const double error = std::hypot(a, b) * std::abs(1 - value) / std::abs(step);
    if (!(std::abs(value) < 5) || !(error < 0.3)) continue;
    curve.x.push_back(std::sqrt(scan.s(i) * scan.s(i + 1)));
    curve.y.push_back(value);
    curve.error.push_back(error);
  }
  return curve;
}

void draw(const verdict::Result& result, verdict::Findings& findings) {
  const auto figure = [](const char* name, const char* title, const char* x, const char* y) {
    Figure made;
    made.name = name;
    made.title = title;
    made.x_label = x;
    made.y_label = y;
    made.log_x = true;
    return made;
  };
  Figure branches = figure("branch", "Equation of state", "s = σ²t", "m");
  branches.caption = "m = M(H), s = M(H)/H, parametric in the uniform field.";
  Figure isotherms =
      figure("magnetization", "Magnetization of the target in a uniform field", "H", "m");
  isotherms.log_y = true;
  Figure local =
      figure("local_exponents", "Local exponent of the branch", "s = σ²t", "d log m/d log s");
  local.y_range = std::pair{-2.0, 0.1};
  local.caption =
      "A mean-field branch ends at a finite s_c, where the slope falls without bound. At the "
      "target's "
      "T_c a plateau at −1/14 grows with L instead.";
  constexpr std::size_t kMost = 8;
  for (const Point& point : result.points) {
    if (!point.complete || branches.curves.size() >= kMost) continue;
    const Scan scan = scan_of(point);
    const std::string label = key_label(swept_keys(result, point));
    Curve branch_curve{.label = label, .x = {}, .y = scan.m, .error = scan.error};
    for (std::size_t i = 0; i < scan.H.size(); ++i) branch_curve.x.push_back(scan.s(i));
    branches.curves.push_back(branch_curve);
    Curve field_curve{.label = label, .x = scan.H, .y = scan.m, .error = scan.error};
    isotherms.curves.push_back(field_curve);
    local.curves.push_back(local_exponents(scan, label));
    if (at_square_criticality(point) && local.vertical_lines.empty() && local.curves.size() == 1 &&
        !local.curves[0].x.empty()) {
      Curve line{.label = "−1/14",
                 .x = {local.curves[0].x.back(), local.curves[0].x.front()},
                 .y = {-1.0 / 14, -1.0 / 14},
                 .error = {},
                 .style = Curve::Style::dashed};
      local.curves.insert(local.curves.begin(), line);
    }
  }
  findings.figures.push_back(branches);
  findings.figures.push_back(isotherms);
  findings.figures.push_back(local);
}

}  // namespace

verdict::Findings analyse_field_scan(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (!point.complete) continue;
    const auto keys = swept_keys(result, point);
    const Scan scan = scan_of(point);
    if (at_square_criticality(point)) {
      breakdown(point, scan, keys, findings);
    } else {
      branch(point, scan, keys, findings);
    }
    if (!point.observables.at("magnetization").estimate.converged) {
      findings.diagnostics.push_back({verdict::Severity::warning, "magnetization",
                                      key_label(keys) + ": chains disagree (split R-hat)",
                                      "raise sampling.burn_in_blocks or sampling.blocks"});
    }
  }
  draw(result, findings);
  return findings;
}

}  // namespace symbreak::experiment
