// Findings of coupled copies on results made by hand: exact moments of n copies of two deltas.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/copies/observables.hpp"
#include "analysis/theory/mean_field.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::copies {

namespace {

/// Records <m>, <|m|>, <m^2>, <m^4> at s in the field h by the binomial sum over Y = n m, every
/// few-th value of it: the law is smooth.
void put_moments(verdict::Point& point, double n, double s, double h) {
  const double beta = 1 / s, step = 2 * std::max(1.0, std::floor(std::sqrt(n) / 16));
  const auto log_weight = [&](double Y) {
    const double k = (n + Y) / 2;
    return -std::lgamma(k + 1) - std::lgamma(n - k + 1) + beta / (2 * n) * Y * Y + beta * h * Y;
  };
  double top = -INFINITY, sum = 0, first = 0, absolute = 0, second = 0, fourth = 0;
  for (double Y = -n; Y <= n; Y += step) top = std::max(top, log_weight(Y));
  for (double Y = -n; Y <= n; Y += step) {
    const double w = std::exp(log_weight(Y) - top), m = Y / n;
    sum += w;
    first += w * m;
    absolute += w * std::abs(m);
    second += w * m * m;
    fourth += w * m * m * m * m;
  }
  // The bins of all move together, as those of one chain do: <m^2> - <|m|>^2 by `spread` as well.
  const double spread = 0.002;
  test::put_sampled(point, observable::order_parameter, {first / sum}, spread * first / sum);
  test::put_sampled(point, observable::m_abs, {absolute / sum}, spread / 2 * absolute / sum);
  test::put_sampled(point, observable::m2, {second / sum}, spread * second / sum);
  test::put_sampled(point, observable::m4, {fourth / sum}, 3 * spread * fourth / sum);
  statistics::Estimate& estimate = point.observables.at(observable::m2.string()).estimate;
  estimate.converged = estimate.errors_agree = true;
  point.facts = {{fact::components, 1, "components of the order parameter"},
                 {fact::fluctuation_factor, n * beta, "n beta |u|^2"},
                 {fact::landau_quadratic, 1, "|u|^2/lambda"},
                 {fact::landau_quartic, 1.0 / 12, "quartic term"}};
  point.predictions = {
      {prediction::critical_time, 1, "beta lambda_max(C_beta) = 1"},
      {prediction::exponent_beta, theory::kBeta, "mean field"},
      {prediction::exponent_gamma, theory::kGamma, "mean field"},
      {prediction::exponent_gamma_prime, theory::kGamma, "mean field"},
      {prediction::exponent_delta, theory::kDelta, "mean field"},
      {prediction::exponent_nu_bar, theory::kNuBar, "mean field"},
      {prediction::exponent_beta_over_nu_bar, 0.25, "mean field"},
      {prediction::amplitude_ratio, theory::kAmplitudeRatio, "mean field"},
      {prediction::binder_crossing, theory::critical_binder(1), "phi^4"},
      {prediction::critical_amplitude, theory::two_deltas_critical_amplitude(), "phi^4"}};
}

const std::string kSizes = "experiment.n=1024,4096,16384,65536",
                  kTimes =
                      "experiment.t=0.75,0.85,0.9,0.94,0.97,0.985,0.992,0.996,0.998,0.999,1.001,"
                      "1.002,1.004,1.008,1.015,1.03,1.06,1.1,1.15,1.25";

/// At times t and no field; what was simulated is s = `stretch` t.
verdict::Result two_deltas(double stretch = 1, const std::string& sizes = kSizes) {
  verdict::Result result = test::hand_made("copies", {kTimes, sizes});
  for (verdict::Point& point : result.points) {
    put_moments(point, point.number("experiment.n"), stretch * point.number("experiment.t"), 0);
  }
  return result;
}

/// Adds the critical isotherm of the largest n.
void add_isotherm(verdict::Result& result) {
  for (int i = 0; i < 16; ++i) {
    verdict::Point& point = result.points.emplace_back(result.points.front());
    const double h = 5e-4 * std::pow(60.0, i / 15.0);
    point.id = fmt::format("isotherm {}", i);
    point.parameters["experiment.t"] = "1";
    point.parameters["experiment.n"] = "65536";
    point.parameters["experiment.h"] = fmt::format("{}", h);
    put_moments(point, 65536, 1, h);
  }
}

std::vector<std::string> subjects(const verdict::Findings& findings) {
  std::vector<std::string> all;
  for (const verdict::Diagnostic& each : findings.diagnostics) all.push_back(each.subject);
  return all;
}

}  // namespace

TEST_CASE("Copies of two deltas have the exponents of mean field", "[unit][findings]") {
  verdict::Result result = two_deltas();
  add_isotherm(result);
  const verdict::Findings found = findings::analyse(result);
  REQUIRE(found.verdicts.size() == 10);
  for (const verdict::Verdict& row : found.verdicts) {
    INFO(fmt::format("{}: {} +- {}, {}", row.quantity, row.measured, row.error, row.predicted));
    CHECK(row.agrees());
    CHECK(row.error > 0);
    CHECK(row.error < 0.1 * row.predicted);
    CHECK(row.predicted_error == 0);
    CHECK(row.point.empty());
  }
  CHECK(test::verdicts(found, "critical_time").at(0).source == "beta lambda_max(C_beta) = 1");
  const std::vector<std::string> names = {"binder",          "collapse",       "crossings",
                                          "order_parameter", "susceptibility", "isotherm"};
  REQUIRE(found.figures.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) CHECK(found.figures[i].name == names[i]);
  CHECK(found.figures[1].curves.back().label == "theory, n to infinity");
}

TEST_CASE("Copies at another noise than stated are told", "[unit][findings]") {
  const auto time = test::verdicts(findings::analyse(two_deltas(1.002)), "critical_time").at(0);
  CHECK(time.measured == Approx(1 / 1.002).epsilon(2e-4));
  CHECK_FALSE(time.agrees());
}

TEST_CASE("Copies without predictions are measured all the same", "[unit][findings]") {
  verdict::Result result = two_deltas();
  for (verdict::Point& point : result.points) {
    point.predictions.clear();
    point.facts.resize(2);
  }
  const verdict::Findings found = findings::analyse(result);
  CHECK(found.verdicts.empty());
  CHECK(found.diagnostics.empty());
  const auto nu = test::measured(found, "exponent_nu_bar");
  REQUIRE(nu.size() == 1);
  CHECK(nu[0].measured == Approx(2).margin(4 * nu[0].error));
  CHECK(nu[0].chi2_per_dof < 2);
  CHECK(nu[0].units > 0);
}

TEST_CASE("Few copies: no crossing, or one that is not extrapolated", "[unit][findings]") {
  verdict::Findings found = findings::analyse(two_deltas(1, "experiment.n=4096"));
  CHECK(found.verdicts.empty());
  CHECK(subjects(found) == std::vector<std::string>{"critical_time"});
  REQUIRE(found.figures.size() == 1);
  CHECK(found.figures[0].name == "binder");

  found = findings::analyse(two_deltas(1, "experiment.n=4096,16384"));
  CHECK(test::verdicts(found, "critical_time").size() == 1);
  CHECK(test::verdicts(found, "exponent_nu_bar").empty());
  CHECK_THAT(subjects(found), Catch::VectorContains(std::string("binder_crossing")));

  verdict::Result result = two_deltas(1, "experiment.n=4096");
  for (verdict::Point& point : result.points) test::unfinished(point);
  CHECK(findings::analyse(result).figures.empty());
}

TEST_CASE("A measured law of M is judged by its exact second moment", "[unit][findings]") {
  verdict::Result result = two_deltas(1, "experiment.n=4096");
  for (const double measured : {1.02, 1.2}) {
    verdict::Point& first = result.points.front();
    put_moments(first, 4096, first.number("experiment.t"), 0);
    first.facts.emplace_back(fact::law_second_moment, measured, "<M^2>/N");
    first.facts.emplace_back(fact::law_second_moment_error, 0.03, "jackknife");
    CHECK(findings::analyse(result).verdicts.empty());
    first.predictions.emplace_back(prediction::law_second_moment_exact, 1, "sum over states");
    first.predictions.emplace_back(prediction::law_second_moment_exact_error, 0.01, "rounding");
    const auto rows = test::verdicts(findings::analyse(result), "law_second_moment");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].measured == measured);
    CHECK(rows[0].error == 0.03);
    CHECK(rows[0].predicted == 1);
    CHECK(rows[0].predicted_error == 0.01);
    CHECK(rows[0].source == "sum over states");
    CHECK(rows[0].agrees() == (measured == 1.02));
  }
}

TEST_CASE("Chains that disagree are told", "[unit][findings]") {
  verdict::Result result = two_deltas(1, "experiment.n=4096");
  for (verdict::Point& point : result.points) {
    point.observables.at(observable::m2.string()).estimate.converged = false;
  }
  const verdict::Findings found = findings::analyse(result);
  REQUIRE_FALSE(found.diagnostics.empty());
  CHECK(found.diagnostics[0].subject == "thermalisation");
  CHECK_THAT(found.diagnostics[0].text, Catch::StartsWith("20 of 20 points"));
}

}  // namespace symbreak::findings::copies
