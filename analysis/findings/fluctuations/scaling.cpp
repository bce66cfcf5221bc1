#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/spin_moments.hpp"
#include "analysis/findings/fluctuations/findings.hpp"
#include "analysis/findings/fluctuations/observables.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/spins/ising_square.hpp"

namespace symbreak::findings::fluctuations {

std::optional<LatticeClass> class_of(const Point& point) {
  const auto lattice = torus(point);
  if (!lattice || (lattice->dimension != 2 && lattice->dimension != 3)) return std::nullopt;
  const double J = lattice->coupling, dimension = lattice->dimension;
  if (dimension == 2) {
    return LatticeClass{J * theory::kIsingSquareTc, theory::kIsingSquareGamma,
                        theory::kIsingSquareGamma / theory::kIsingSquareNu,
                        "2-D Ising class (Onsager; Barouch, McCoy & Wu 1973)", dimension};
  }
  return LatticeClass{J * 4.511523, 1.237075, 1.963702,
                      "3-D Ising class (conformal bootstrap, Kos et al. 2016)", dimension};
}

void size_scaling(const PointGroup& group, Findings& findings) {
  std::vector<double> inverse, lambda, error, freedom;
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
    freedom.push_back(value.dof);
  }
  constexpr std::size_t kFewest = 5;  // three parameters and a window that moves
  if (inverse.size() < kFewest) return;
  const LatticeClass known = *class_of(group.first());
  // The leading correction is the analytic background: chi = A L^{gamma/nu} + B.
  const fit::Fit scaling = fit::power_law_scan(
      vector_of(inverse), vector_of(lambda), {vector_of(error), vector_of(freedom)},
      {.corrections = 1, .correction_exponent = known.gamma_over_nu});
  const std::string from = "sigma^2 t_c ~ L^(gamma/nu) at the target's T_c";
  Verdict& row = judge(
      findings, "exponent_gamma_over_nu", {},
      {-scaling.value[0], std::hypot(scaling.error[0], scaling.window_shift), scaling.error_dof[0]},
      {known.gamma_over_nu, 0}, known.source, from);
  of_fit(row, scaling).detail = fmt::format("{} sizes", inverse.size());
  row.role = Role::headline;
  tell(findings, "amplitude_gamma_over_nu", {}, scaling.at(1), from);

  Figure figure = new_figure("critical_time_at_criticality",
                             "Critical time of the diffusion at the target's critical point", "L",
                             "σ²t_c", Log::both);
  Curve measured{.label = "Monte Carlo", .y = lambda, .error = error};
  Curve fitted = line(fmt::format("fit, A L^{{{:.4f}}} + B", -scaling.value[0]));
  for (double x : inverse) {
    measured.x.push_back(1 / x);
    push(fitted, 1 / x,
         scaling.value[1] * std::pow(x, scaling.value[0]) *
             std::exp(std::log1p(scaling.value[2] * std::pow(x, known.gamma_over_nu))));
  }
  figure.curves = {measured, fitted};
  figure.caption = "The diffusion's transition is mean-field; its time grows as L^{γ/ν}.";
  findings.figures.push_back(figure);
}

void temperature_scaling(const PointGroup& group, Findings& findings) {
  struct Row {
    double T, tau;
    Value lambda;
    double side;
  };
  std::vector<Row> rows;
  for (const Point* point : group.points) {
    const auto known = class_of(*point);
    if (!known) return;
    const double T = point->number("target.temperature"), L = point->number("target.side");
    if (!(T > known->critical_temperature * (1 + 1e-5))) continue;
    const auto xi = correlation_length(*point);
    constexpr double kLengths = 6;  // corrections e^{-L/xi}
    if (!xi || L < kLengths * xi->value) continue;
    const Value value = eigenvalue(*point);
    const double tau = known->dimension == 2 ? theory::ising_square_tau(T / torus(*point)->coupling)
                                             : 1 - known->critical_temperature / T;
    rows.push_back({T, tau, value, L});
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
  std::vector<double> tau, lambda, error, freedom;
  for (const Row& row : rows) {
    tau.push_back(row.tau);
    lambda.push_back(row.lambda.value);
    error.push_back(row.lambda.error);
    freedom.push_back(row.lambda.dof);
  }
  const LatticeClass known = *class_of(group.first());
  const fit::Fit scaling =
      fit::power_law_scan(vector_of(tau), vector_of(lambda), {vector_of(error), vector_of(freedom)},
                          {.corrections = 2, .correction_exponent = 1});
  Verdict& row = judge(
      findings, "exponent_gamma_target", {},
      {-scaling.value[0], std::hypot(scaling.error[0], scaling.window_shift), scaling.error_dof[0]},
      {known.gamma, 0}, known.source, "sigma^2 t_c ~ |T - T_c|^-gamma above the target's T_c");
  row.detail = fmt::format("{} temperatures", tau.size());
  of_fit(row, scaling);
  row.role = Role::headline;

  Figure figure =
      new_figure("critical_time_against_temperature",
                 "Critical time of the diffusion above the target's critical temperature",
                 "τ, distance from T_c", "σ²t_c", Log::both);
  Curve fitted = line(fmt::format("fit, τ^{{−{:.3f}}} with corrections", -scaling.value[0]));
  constexpr int kGrid = 60;
  for (int i = 0; i <= kGrid; ++i) {
    const double x = tau.front() * std::pow(tau.back() / tau.front(), double(i) / kGrid);
    const double b1 = scaling.value[2], b2 = scaling.value[3] - b1 * b1 / 2;
    push(fitted, x,
         scaling.value[1] * std::pow(x, scaling.value[0]) * std::exp(b1 * x + b2 * x * x));
  }
  figure.curves = {{.label = "Monte Carlo, L > 6ξ", .x = tau, .y = lambda, .error = error}, fitted};
  figure.caption = "t_c inherits the target's susceptibility exponent.";
  findings.figures.push_back(figure);
}

void disorder_limit(const PointGroup& group, Findings& findings) {
  constexpr double kEdge = 2.0 / 3, kSmallest = 64;
  std::vector<double> n, inverse, error, freedom;
  for (const Point* point : group.points) {
    if (!point->prediction(prediction::eigenvalue_limit)) return;
    const double sites = point->fact(fact::sites).value();
    if (sites < kSmallest) continue;
    const Value value = eigenvalue(*point);
    n.push_back(sites);
    inverse.push_back(1 / value.value);
    error.push_back(value.error / (value.value * value.value));
    freedom.push_back(value.dof);
  }
  constexpr std::size_t kFewest = 3;
  if (n.size() < kFewest) return;
  const fit::Fit limit = fit::extrapolate(vector_of(n), vector_of(inverse),
                                          {vector_of(error), vector_of(freedom)}, kEdge, 1);
  const double value = 1 / limit.value[0];
  const double predicted = *group.first().prediction(prediction::eigenvalue_limit);
  Verdict& row =
      *judge_known(findings, "eigenvalue_limit", group.keys,
                   {value, limit.error[0] * value * value, limit.error_dof[0]}, group.first(),
                   prediction::eigenvalue_limit, "1/(sigma^2 t_c) extrapolated in N^-2/3");
  of_fit(row, limit).detail = fmt::format("{} sizes", n.size());
  row.role = Role::headline;

  Figure figure = new_figure(group.keys, "eigenvalue_limit", "Critical time of a disordered magnet",
                             "N^{−2/3}", "1/σ²t_c", Log::none,
                             "Extrapolated to infinitely many spins: the largest eigenvalue of the "
                             "couplings nears its edge as N^{−2/3}.");
  Curve measured{.label = "Monte Carlo", .y = inverse, .error = error};
  Curve fitted = line("fit");
  double largest = 0;
  for (double size : n) {
    measured.x.push_back(std::pow(size, -kEdge));
    largest = std::max(largest, measured.x.back());
  }
  constexpr int kGrid = 40;
  for (int i = 0; i <= kGrid; ++i) {
    const double x = largest * i / kGrid;
    double y = 0;
    for (Index j = limit.value.size(); j-- > 0;) y = y * x + limit.value[j];
    push(fitted, x, y);
  }
  const Curve theory{.label = "N → ∞", .x = {0}, .y = {1 / predicted}};
  figure.curves = {measured, fitted, theory};
  findings.figures.push_back(figure);
}

}  // namespace symbreak::findings::fluctuations
