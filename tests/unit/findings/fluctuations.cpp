#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/common/clock.hpp"
#include "analysis/findings/fluctuations/observables.hpp"
#include "analysis/theory/spins/ising_square.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::fluctuations {

namespace {

verdict::Result lattice(const std::vector<std::string>& more) {
  std::vector<std::string> settings = {"target.kind=ising_lattice"};
  settings.insert(settings.end(), more.begin(), more.end());
  return test::hand_made("fluctuations", settings);
}

/// <M^2>/N = lambda, and the structure factor of a correlation length.
void put(verdict::Point& point, double lambda, double xi, double error) {
  const double L = point.number("target.side");
  std::vector<double> factor(static_cast<std::size_t>(L / 2) + 1);
  for (std::size_t j = 0; j < factor.size(); ++j) {
    const double k = 2 * std::sin(M_PI * static_cast<double>(j) / L);
    factor[j] = lambda / (1 + k * k * xi * xi);
  }
  test::put_sampled(point, observable::energy, {-1}, 1e-3);
  test::put_sampled(point, observable::magnetization_second, {lambda}, error);
  test::put_sampled(point, observable::structure_factor, factor, error,
                    {static_cast<Eigen::Index>(factor.size())});
}

/// sigma^2 t_c = L^exponent at the target's critical point.
verdict::Result at_criticality(double exponent) {
  verdict::Result result =
      lattice({"target.side=8,16,32,64,128", "target.temperature=2.2691853142"});
  for (verdict::Point& point : result.points) {
    const double lambda = 1.1 * std::pow(point.number("target.side"), exponent);
    put(point, lambda, 1, 1e-3 * lambda);
  }
  return result;
}

/// sigma^2 t_c = tau^-exponent above it.
verdict::Result above_criticality(double exponent) {
  verdict::Result result =
      lattice({"target.side=128", "target.temperature=2.5,2.6,2.7,2.9,3.1,3.4"});
  for (verdict::Point& point : result.points) {
    const double tau = theory::ising_square_tau(point.number("target.temperature"));
    const double lambda = std::pow(tau, -exponent);
    put(point, lambda, 0.5 / tau, 1e-3 * lambda);
  }
  return result;
}

/// 1/lambda = 1/limit + 0.3 N^{-2/3}.
verdict::Result glass(double limit) {
  verdict::Result result = test::hand_made(
      "fluctuations", {"target.kind=sherrington_kirkpatrick", "target.dimension=16,64,128,256,512",
                       "target.temperature=2", "sampling.disorder_samples=8"});
  for (verdict::Point& point : result.points) {
    const double N = point.number("target.dimension");
    const double lambda = 1 / (1 / limit + 0.3 * std::pow(N, -2.0 / 3));
    test::put_sampled(point, observable::energy, {-1}, 1e-3);
    test::put_sampled(point, observable::magnetization_second, {1}, 1e-3);
    test::put_sampled(point, observable::covariance_eigenvalue, {lambda}, 1e-3);
    test::put_sampled(point, observable::covariance_eigenvalue_excess, {0}, 1e-3);
    test::put_sampled(point, observable::chains_r_hat, {N == 512 ? 1.3 : 1.01}, 1e-4);
    point.facts = {{fact::sites, N, "number of spins N"}};
    point.predictions = {{prediction::eigenvalue_limit, 4, "1/(1 - 1/T)^2"}};
  }
  return result;
}

verdict::Verdict only(const verdict::Findings& findings, const std::string& quantity) {
  const auto all = test::verdicts(findings, quantity);
  REQUIRE(all.size() == 1);
  return all[0];
}

}  // namespace

TEST_CASE("Findings of fluctuations: critical time and energy of a point", "[unit][findings]") {
  verdict::Result result = lattice({"target.side=8", "target.temperature=3"});
  verdict::Point& point = result.points[0];
  put(point, 10.9, 2, 0.01);
  const double t = clock_of(point).time(10.9);
  point.predictions = {{prediction::critical_time, t, "exact sums"},
                       {prediction::energy_exact, -1, "Kaufman (1949)"}};
  const auto good = findings::analyse(result);
  CHECK(only(good, "critical_time").measured == Approx(t));
  CHECK(only(good, "critical_time").agrees());
  CHECK(only(good, "energy").agrees());
  CHECK(only(good, "energy").source == "Kaufman (1949)");
  CHECK(good.diagnostics.empty());
  CHECK(test::measured(good, "correlation_length").at(0).measured == Approx(2));
  REQUIRE(good.figures.size() == 1);
  CHECK(good.figures[0].curves.at(0).x.back() == Approx(M_PI));

  point.predictions = {{prediction::critical_time, 1.05 * t, "exact sums"},
                       {prediction::energy_exact, -1.02, "Kaufman (1949)"}};
  const auto wrong = findings::analyse(result);
  CHECK_FALSE(only(wrong, "critical_time").agrees());
  CHECK_FALSE(only(wrong, "energy").agrees());
}

TEST_CASE("Findings of fluctuations: gamma/nu from sizes at T_c", "[unit][findings]") {
  const auto row = only(findings::analyse(at_criticality(1.75)), "exponent_gamma_over_nu");
  CHECK(row.measured == Approx(1.75).epsilon(1e-3));
  CHECK(row.predicted == 1.75);
  CHECK(row.agrees());
  CHECK_FALSE(only(findings::analyse(at_criticality(1.65)), "exponent_gamma_over_nu").agrees());
  // The same by the recorded fact, whatever the target is called.
  verdict::Result other = at_criticality(1.75);
  for (verdict::Point& point : other.points) {
    point.parameters["target.kind"] = "another";
    point.facts = {{spin::fact::torus_dimension, 2, "torus"}};
  }
  CHECK(only(findings::analyse(other), "exponent_gamma_over_nu").measured == row.measured);
  for (verdict::Point& point : other.points) point.facts.clear();
  CHECK(findings::analyse(other).verdicts.empty());
}

TEST_CASE("Findings of fluctuations: gamma from temperatures above T_c", "[unit][findings]") {
  const auto row = only(findings::analyse(above_criticality(1.75)), "exponent_gamma_target");
  CHECK(row.measured == Approx(1.75).epsilon(1e-2));
  CHECK(row.agrees());
  CHECK_FALSE(only(findings::analyse(above_criticality(1.5)), "exponent_gamma_target").agrees());
}

TEST_CASE("Findings of fluctuations: mean-field disorder extrapolates to its limit",
          "[unit][findings]") {
  const auto findings = findings::analyse(glass(4));
  const auto row = only(findings, "eigenvalue_limit");
  CHECK(row.measured == Approx(4).epsilon(1e-3));
  CHECK(row.agrees());
  CHECK(row.detail == "4 sizes");  // 16 spins are too few
  for (const auto& excess : test::verdicts(findings, "covariance_eigenvalue_excess")) {
    CHECK(excess.agrees());
  }
  CHECK_FALSE(only(findings::analyse(glass(4.4)), "eigenvalue_limit").agrees());
  int stuck = 0;
  for (const verdict::Diagnostic& diagnostic : findings.diagnostics) {
    stuck += diagnostic.subject == observable::chains_r_hat.text() ? 1 : 0;
  }
  CHECK(stuck == 1);
}

TEST_CASE("Findings of fluctuations: every size and temperature is drawn, and collapses",
          "[unit][findings]") {
  // y = L^power f((T/T_c - 1) L) of the 2-D Ising class, with f(x) = e^{-x}.
  const double T_c = 2.26918531421302;
  verdict::Result result =
      lattice({"target.side=8,16,32", "target.temperature=2.2,2.26918531421302,2.3,2.4"});
  const auto scaled = [&](const verdict::Point& point) {
    const double L = point.number("target.side");
    return std::pair{L, std::exp(-(point.number("target.temperature") / T_c - 1) * L)};
  };
  for (verdict::Point& point : result.points) {
    const auto [L, f] = scaled(point);
    put(point, std::pow(L, 1.75) * f, 0.3 * L, 1e-3);
    test::put_sampled(point, observable::magnetization_abs, {std::pow(L, -0.125) * f}, 1e-4);
    const double square = std::pow(L, 1.75) * f;
    test::put_sampled(point, observable::magnetization_square, {square}, 1e-6);
    test::put_sampled(point, observable::magnetization_fourth,
                      {3 * square * square * (1 - 0.6 * f)}, 1e-6);
  }
  const auto findings = findings::analyse(result);
  const auto figure = [&](const std::string& name) {
    const auto found = std::find_if(findings.figures.begin(), findings.figures.end(),
                                    [&](const auto& each) { return each.name == name; });
    REQUIRE(found != findings.figures.end());
    return *found;
  };
  for (const auto& [name, amplitude] :
       {std::pair{"magnetization", 1.0}, {"susceptibility", 1.0}, {"binder", 0.6}}) {
    const verdict::Figure plain = figure(name);
    const verdict::Figure collapsed = figure("collapse_" + std::string(name));
    INFO(name);
    REQUIRE(plain.curves.size() == 3);
    CHECK(plain.shades == 3);
    CHECK(plain.curves[1].label == "L = 16");
    CHECK(plain.curves[2].x == std::vector<double>{2.2, T_c, 2.3, 2.4});
    CHECK(plain.vertical_lines.at(0).first == Approx(T_c));
    for (const verdict::Curve& curve : collapsed.curves) {
      REQUIRE(curve.x.size() == 4);
      for (std::size_t i = 0; i < 4; ++i) {
        CHECK(curve.y[i] == Approx(amplitude * std::exp(-curve.x[i])).epsilon(1e-6));
        CHECK(curve.error[i] > 0);
      }
    }
  }
  CHECK(figure("correlation_length").curves[1].y[0] == Approx(0.3));  // xi/L
  // Twelve structure factors: one figure a size, all temperatures in each.
  for (const char* side : {"8", "16", "32"}) {
    CHECK(figure("structure_factor_side_" + std::string(side)).curves.size() == 4);
  }
}

TEST_CASE("Findings of fluctuations: unfinished points are left out", "[unit][findings]") {
  verdict::Result result = at_criticality(1.75);
  for (verdict::Point& point : result.points) test::unfinished(point);
  const auto findings = findings::analyse(result);
  CHECK(findings.verdicts.empty());
  CHECK(findings.figures.empty());
}

}  // namespace symbreak::findings::fluctuations
