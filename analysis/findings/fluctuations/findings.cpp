#include "analysis/findings/fluctuations/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "analysis/fit/critical.hpp"
#include "analysis/theory/ising_square.hpp"
#include "sim/diffusion/forward.hpp"
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::VectorXd;
using verdict::Curve;
using verdict::Figure;
using verdict::Point;
using verdict::Verdict;

/// What is known about the class of a clean lattice.
struct LatticeClass {
  double critical_temperature, gamma, gamma_over_nu;
  const char* source;
};

std::optional<LatticeClass> class_of(const Point& point) {
  if (point.parameters.at("target.kind") != "ising_lattice" ||
      point.parameters.at("target.boundary") != "periodic" || point.number("target.field") != 0) {
    return std::nullopt;
  }
  const double J = point.number("target.coupling");
  if (!(J > 0)) return std::nullopt;
  if (point.number("target.dimension") == 2) {
    return LatticeClass{J * theory::kIsingSquareTc, theory::kIsingSquareGamma,
                        theory::kIsingSquareGamma / theory::kIsingSquareNu,
                        "2-D Ising class (Onsager; Barouch, McCoy & Wu 1973)"};
  }
  return LatticeClass{J * 4.511523, 1.237075, 1.963702,
                      "3-D Ising class (conformal bootstrap, Kos et al. 2016)"};
}

std::string source_of(const Point& point, const std::string& quantity) {
  for (const verdict::Prediction& prediction : point.predictions) {
    if (prediction.quantity == quantity) return prediction.source;
  }
  return "";
}

VectorXd vector(const std::vector<double>& v) {
  return Eigen::Map<const VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
}

diffusion::Forward forward_of(const Point& point) {
  const std::string& clock = point.parameters.at("forward.clock");
  return {clock == "ddpm"                 ? diffusion::Clock::ddpm
          : clock == "ornstein_uhlenbeck" ? diffusion::Clock::ornstein_uhlenbeck
                                          : diffusion::Clock::brownian,
          point.number("forward.sigma"), point.number("forward.beta_min"),
          point.number("forward.beta_max")};
}

/// lambda_max(C): the eigenvalue where it was accumulated, else <M^2>/N.
Value eigenvalue(const Point& point) {
  return value_of(point, point.find("covariance_eigenvalue") != nullptr ? "covariance_eigenvalue"
                                                                        : "magnetization_second");
}

/// Second-moment correlation length (Cooper, Freedman & Preston 1982):
/// xi = sqrt(S(0)/S(k_1) - 1)/(2 sin(pi/L)).
std::optional<Value> correlation_length(const Point& point) {
  const verdict::Observable* factor = point.find("structure_factor");
  if (factor == nullptr) return std::nullopt;
  const Value first = value_of(point, "structure_factor", 1);
  const Value zero = value_of(point, "magnetization_second");
  const double ratio = zero.value / first.value - 1;
  if (!(ratio > 0)) return std::nullopt;
  const double L = 2.0 * static_cast<double>(factor->shape.at(0) - 1);
  const double scale = 1 / (2 * std::sin(M_PI / L)), xi = scale * std::sqrt(ratio);
  const double relative = std::hypot(zero.error / zero.value, first.error / first.value);
  return Value{xi, scale * relative * (ratio + 1) / (2 * std::sqrt(ratio))};
}

void judge_point(const verdict::Result& result, const Point& point, verdict::Findings& findings) {
  const auto keys = swept_keys(result, point);
  const auto add = [&](const std::string& quantity, Value measured, double predicted,
                       const std::string& source, const std::string& from) {
    Verdict row;
    row.quantity = quantity;
    row.point = keys;
    row.measured = measured.value;
    row.error = measured.error;
    row.predicted = predicted;
    row.source = source;
    row.from = from;
    findings.verdicts.push_back(row);
  };
  const Value lambda = eigenvalue(point);
  const diffusion::Forward forward = forward_of(point);
  const Value time{forward.time(lambda.value), std::abs(forward.time(lambda.value + lambda.error) -
                                                        forward.time(lambda.value))};
  if (const auto exact = point.prediction("critical_time")) {
    add("critical_time", time, *exact, source_of(point, "critical_time"),
        "lambda_max(C)/sigma^2 of clean samples");
  }
  if (const auto exact = point.prediction("energy_exact")) {
    add("energy", value_of(point, "energy"), *exact, source_of(point, "energy_exact"),
        "E/N of clean samples");
  }
  if (point.find("covariance_eigenvalue_excess") != nullptr) {
    add("covariance_eigenvalue_excess", value_of(point, "covariance_eigenvalue_excess"), 0,
        "exact sum over states of the same couplings", "sampled minus exact lambda_max(C)");
  }
  std::string label = key_label(keys);
  if (!label.empty()) label += ": ";
  std::string text = fmt::format("{}t_c = {:.6g} +- {:.2g}", label, time.value, time.error);
  if (const auto xi = correlation_length(point)) {
    text += fmt::format(", correlation length {:.4g} +- {:.2g} sites", xi->value, xi->error);
  }
  findings.diagnostics.push_back({verdict::Severity::note, "critical_time", text, ""});
  if (const verdict::Observable* r_hat = point.find("chains_r_hat")) {
    // A sample whose chains have met has R-hat - 1 = tau/n, a few hundredths.
    constexpr double kMost = 1.1;
    const auto stuck = std::count_if(r_hat->units.begin(), r_hat->units.end(),
                                     [](const auto& unit) { return !(unit.mean[0] < kMost); });
    if (stuck > 0) {
      findings.diagnostics.push_back(
          {verdict::Severity::warning, "chains_r_hat",
           fmt::format("{}in {} of {} disorder samples the chains have not met (split R-hat > {})",
                       label, stuck, r_hat->units.size(), kMost),
           "raise sampling.burn_in and experiment.gap"});
    }
  }
  // Disorder samples differ by right: for them the above, and exact sums at the smallest size.
  if (point.number("sampling.disorder_samples") > 1) return;
  for (const char* name : {"magnetization_second", "energy"}) {
    if (point.observables.at(name).estimate.converged) continue;
    findings.diagnostics.push_back({verdict::Severity::warning, name,
                                    label + "chains disagree (split R-hat)",
                                    "raise sampling.burn_in or sampling.blocks"});
  }
}

/// sigma^2 t_c against L at the target's own critical temperature.
void size_scaling(const PointGroup& group, verdict::Findings& findings) {
  std::vector<double> inverse, lambda, error;
  for (const Point* point : group.points) {
    const auto known = class_of(*point);
    if (!known ||
        std::abs(point->number("target.temperature") / known->critical_temperature - 1) > 1e-5) {
      return;
    }
    const Value value = eigenvalue(*point);
    inverse.push_back(1 / point->number("target.side"));
    lambda.push_back(value.value);
    error.push_back(value.error);
  }
  constexpr std::size_t kFewest = 4;
  if (inverse.size() < kFewest) return;
  const LatticeClass known = *class_of(*group.points.front());
  // The leading correction is the analytic background: chi = A L^{gamma/nu} + B.
  const fit::Fit scaling =
      fit::power_law_scan(vector(inverse), vector(lambda), vector(error),
                          {.corrections = 1, .correction_exponent = known.gamma_over_nu});
  Verdict row;
  row.quantity = "exponent_gamma_over_nu";
  row.measured = -scaling.value[0];
  row.error = std::hypot(scaling.error[0], scaling.window_shift);
  row.predicted = known.gamma_over_nu;
  row.source = known.source;
  row.from =
      fmt::format("sigma^2 t_c ~ L^(gamma/nu) at the target's T_c, {} sizes, chi2/dof {:.2f}",
                  inverse.size(), scaling.chi2_per_dof());
  row.note = fmt::format("amplitude {:.4f} +- {:.2g}", scaling.value[1], scaling.error[1]);
  findings.verdicts.push_back(row);

  Figure figure;
  figure.name = "critical_time_at_criticality";
  figure.title = "Critical time of the diffusion at the target's critical point";
  figure.x_label = "L";
  figure.y_label = "σ²t_c";
  figure.log_x = figure.log_y = true;
  Curve measured{.label = "Monte Carlo", .x = {}, .y = lambda, .error = error};
  Curve fitted{.label = fmt::format("A L^{:.4f} + B", -scaling.value[0]),
               .x = {},
               .y = {},
               .error = {},
               .style = Curve::Style::line};
  for (double x : inverse) {
    measured.x.push_back(1 / x);
    fitted.x.push_back(1 / x);
    fitted.y.push_back(scaling.value[1] * std::pow(x, scaling.value[0]) *
                       std::exp(std::log1p(scaling.value[2] * std::pow(x, known.gamma_over_nu))));
  }
  figure.curves = {measured, fitted};
  figure.caption = "The diffusion's transition is mean-field; its time grows as L^{γ/ν}.";
  findings.figures.push_back(figure);
}

/// sigma^2 t_c against T above the target's critical temperature, free of finite-size effects.
void temperature_scaling(const std::vector<const Point*>& points, verdict::Findings& findings) {
  struct Row {
    double T, tau, lambda, error, side;
  };
  std::vector<Row> rows;
  for (const Point* point : points) {
    const auto known = class_of(*point);
    if (!known) return;
    const double T = point->number("target.temperature"), L = point->number("target.side");
    if (!(T > known->critical_temperature * (1 + 1e-5))) continue;
    const auto xi = correlation_length(*point);
    constexpr double kLengths = 6;  // corrections e^{-L/xi}
    if (!xi || L < kLengths * xi->value) continue;
    const Value value = eigenvalue(*point);
    const double tau = point->number("target.dimension") == 2
                           ? theory::ising_square_tau(T / point->number("target.coupling"))
                           : 1 - known->critical_temperature / T;
    rows.push_back({T, tau, value.value, value.error, L});
  }
  // One size per temperature: the largest.
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.tau != b.tau ? a.tau < b.tau : a.side > b.side;
  });
  rows.erase(std::unique(rows.begin(), rows.end(),
                         [](const Row& a, const Row& b) { return a.tau == b.tau; }),
             rows.end());
  constexpr std::size_t kFewest = 5;
  if (rows.size() < kFewest) return;
  std::vector<double> tau, lambda, error;
  for (const Row& row : rows) {
    tau.push_back(row.tau);
    lambda.push_back(row.lambda);
    error.push_back(row.error);
  }
  const LatticeClass known = *class_of(*points.front());
  const fit::Fit scaling = fit::power_law_scan(vector(tau), vector(lambda), vector(error),
                                               {.corrections = 2, .correction_exponent = 1});
  Verdict row;
  row.quantity = "exponent_gamma_target";
  row.measured = -scaling.value[0];
  row.error = std::hypot(scaling.error[0], scaling.window_shift);
  row.predicted = known.gamma;
  row.source = known.source;
  row.from = fmt::format(
      "sigma^2 t_c ~ |T - T_c|^-gamma above the target's T_c, {} temperatures, {}, "
      "chi2/dof {:.2f}",
      tau.size(), scaling.window, scaling.chi2_per_dof());
  findings.verdicts.push_back(row);

  Figure figure;
  figure.name = "critical_time_against_temperature";
  figure.title = "Critical time of the diffusion above the target's critical temperature";
  figure.x_label = "τ, distance from T_c";
  figure.y_label = "σ²t_c";
  figure.log_x = figure.log_y = true;
  Curve fitted{.label = fmt::format("τ^−{:.3f} with corrections", -scaling.value[0]),
               .x = {},
               .y = {},
               .error = {},
               .style = Curve::Style::line};
  constexpr int kGrid = 60;
  for (int i = 0; i <= kGrid; ++i) {
    const double x = tau.front() * std::pow(tau.back() / tau.front(), double(i) / kGrid);
    const double b1 = scaling.value[2], b2 = scaling.value[3] - b1 * b1 / 2;
    fitted.x.push_back(x);
    fitted.y.push_back(scaling.value[1] * std::pow(x, scaling.value[0]) *
                       std::exp(b1 * x + b2 * x * x));
  }
  figure.curves = {{.label = "Monte Carlo, L > 6ξ", .x = tau, .y = lambda, .error = error}, fitted};
  figure.caption = "t_c inherits the target's susceptibility exponent.";
  findings.figures.push_back(figure);
}

/// lambda_max(C) of mean-field disorder against the number of spins. 1/lambda_max = z - K
/// lambda_max(J) is linear in the largest eigenvalue of J, which approaches its edge as N^{-2/3}
/// (Tracy & Widom 1994): the inverse is extrapolated.
void disorder_limit(const PointGroup& group, verdict::Findings& findings) {
  constexpr double kEdge = 2.0 / 3, kSmallest = 64;
  std::vector<double> n, inverse, error;
  for (const Point* point : group.points) {
    if (!point->prediction("eigenvalue_limit")) return;
    if (*point->prediction("sites") < kSmallest) continue;
    const Value value = eigenvalue(*point);
    n.push_back(*point->prediction("sites"));
    inverse.push_back(1 / value.value);
    error.push_back(value.error / (value.value * value.value));
  }
  constexpr std::size_t kFewest = 3;
  if (n.size() < kFewest) return;
  const fit::Fit limit = fit::extrapolate(vector(n), vector(inverse), vector(error), kEdge, 1);
  const double value = 1 / limit.value[0];
  Verdict row;
  row.quantity = "eigenvalue_limit";
  row.point = group.keys;
  row.measured = value;
  row.error = limit.error[0] * value * value;
  row.predicted = *group.points.front()->prediction("eigenvalue_limit");
  row.source = source_of(*group.points.front(), "eigenvalue_limit");
  row.from = fmt::format("1/(sigma^2 t_c) extrapolated in N^-2/3, {} sizes, chi2/dof {:.2f}",
                         n.size(), limit.chi2_per_dof());
  findings.verdicts.push_back(row);

  Figure figure;
  const std::string label = key_label(group.keys);
  figure.name = "eigenvalue_limit" + (label.empty() ? "" : "_" + label);
  figure.title = "Critical time of a disordered magnet";
  figure.x_label = "N^−2/3";
  figure.y_label = "1/(σ²t_c)";
  Curve measured{.label = "Monte Carlo", .x = {}, .y = inverse, .error = error};
  Curve line{.label = "fit", .x = {}, .y = {}, .error = {}, .style = Curve::Style::line};
  double largest = 0;
  for (double size : n) {
    measured.x.push_back(std::pow(size, -kEdge));
    largest = std::max(largest, measured.x.back());
  }
  constexpr int kGrid = 40;
  for (int i = 0; i <= kGrid; ++i) {
    const double x = largest * i / kGrid;
    double y = 0;
    for (Eigen::Index j = limit.value.size(); j-- > 0;) y = y * x + limit.value[j];
    line.x.push_back(x);
    line.y.push_back(y);
  }
  const Curve theory{.label = "N → ∞", .x = {0}, .y = {1 / row.predicted}, .error = {}};
  figure.curves = {measured, line, theory};
  findings.figures.push_back(figure);
}

void draw_structure(const verdict::Result& result, verdict::Findings& findings) {
  Figure figure;
  figure.name = "structure_factor";
  figure.title = "Structure factor of the clean data";
  figure.x_label = "k";
  figure.y_label = "S(k)";
  figure.log_y = true;
  constexpr std::size_t kMost = 8;
  for (const Point& point : result.points) {
    const verdict::Observable* factor = point.find("structure_factor");
    if (!point.complete || factor == nullptr || figure.curves.size() >= kMost) continue;
    Curve curve;
    curve.label = key_label(swept_keys(result, point));
    const Eigen::Index count = factor->shape.at(0);
    for (Eigen::Index j = 0; j < count; ++j) {
      curve.x.push_back(M_PI * static_cast<double>(j) / static_cast<double>(count - 1));
      curve.y.push_back(factor->estimate.mean[j]);
      curve.error.push_back(factor->estimate.error[j]);
    }
    figure.curves.push_back(curve);
  }
  figure.caption = "S(0) = σ²t_c. Each mode k would by itself destabilise at σ²t = S(k).";
  if (!figure.curves.empty()) findings.figures.push_back(figure);
}

}  // namespace

verdict::Findings analyse_fluctuations(const verdict::Result& result) {
  verdict::Findings findings;
  for (const Point& point : result.points) {
    if (point.complete) judge_point(result, point, findings);
  }
  for (const PointGroup& group : group_points(result, {"target.side"}))
    size_scaling(group, findings);
  for (const PointGroup& group : group_points(result, {"target.side", "target.temperature"})) {
    temperature_scaling(group.points, findings);
  }
  for (const PointGroup& group : group_points(result, {"target.dimension", "target.patterns"})) {
    disorder_limit(group, findings);
  }
  draw_structure(result, findings);
  return findings;
}

}  // namespace symbreak::experiment
