#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/common/clock.hpp"
#include "analysis/findings/common/spin_observables.hpp"
#include "analysis/findings/field_scan/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::field_scan {

namespace {

verdict::Result scan(const std::vector<std::string>& target, const std::vector<double>& H,
                     const std::vector<double>& m, double error,
                     const std::string& kind = "ising_lattice") {
  std::vector<std::string> settings = target;
  settings.push_back(fmt::format("experiment.fields={}", fmt::join(H, ", ")));
  settings.push_back("target.kind=" + kind);
  verdict::Result result = test::hand_made("field_scan", settings);
  const auto count = static_cast<Eigen::Index>(H.size());
  for (verdict::Point& point : result.points) {
    test::put_sampled(point, observable::magnetization, m, error, {count});
    test::put_sampled(point, observable::magnetization_square, m, error, {count});
    point.facts = {{fact::field, H, "uniform field"}};
  }
  return result;
}

/// The branch s = s_c (1 - m^p/2), s_c = 20, above the target's critical temperature.
verdict::Result branch(double p) {
  std::vector<double> H, m;
  for (int i = 1; i <= 10; ++i) {
    m.push_back(0.06 * i);
    H.push_back(m.back() / (20 * (1 - std::pow(m.back(), p) / 2)));
  }
  verdict::Result result = scan({"target.side=16", "target.temperature=3"}, H, m, 1e-5);
  const theory::NoiseClock clock = clock_of(result.points[0]);
  result.points[0].predictions = {{prediction::critical_time, clock.time(20), "exact sums"}};
  return result;
}

/// The target's own isotherm m = H^{1/delta} at T_c of the square lattice.
verdict::Result isotherm(double delta, const std::string& kind = "ising_lattice") {
  std::vector<double> H, m;
  for (int i = 0; i < 10; ++i) {
    H.push_back(0.006 * std::pow(20, i / 9.0));
    m.push_back(std::pow(H.back(), 1 / delta));
  }
  return scan({"target.side=64", "target.temperature=2.2691853142"}, H, m, 1e-5, kind);
}

}  // namespace

TEST_CASE("Findings of field_scan: a mean-field branch gives its time and exponents",
          "[unit][findings]") {
  const auto findings = findings::analyse(branch(2));
  REQUIRE(findings.verdicts.size() == 3);
  for (const verdict::Verdict& row : findings.verdicts) {
    INFO(row.quantity << ": " << row.measured << " +- " << row.error);
    CHECK(row.agrees());
    CHECK(row.error > 0);
    CHECK(row.measured == Approx(row.predicted).epsilon(1e-3));
  }
  CHECK(test::verdicts(findings, "exponent_beta").at(0).predicted == 0.5);
  CHECK(test::verdicts(findings, "exponent_delta").at(0).predicted == 3);
}

TEST_CASE("Findings of field_scan: another exponent fails", "[unit][findings]") {
  const auto findings = findings::analyse(branch(1));
  CHECK(test::verdicts(findings, "critical_time").at(0).agrees());
  const auto beta = test::verdicts(findings, "exponent_beta").at(0);
  CHECK(beta.measured == Approx(1).epsilon(1e-2));
  CHECK_FALSE(beta.agrees());
  CHECK_FALSE(test::verdicts(findings, "exponent_delta").at(0).agrees());
}

TEST_CASE("Findings of field_scan: the target's own isotherm at its critical point",
          "[unit][findings]") {
  verdict::Result result = isotherm(15);
  const auto by_name = findings::analyse(result);  // as in files without the fact
  result.points[0].facts.push_back({spin::fact::torus_dimension, 2, "torus"});
  const auto findings = findings::analyse(result);
  // A diluted lattice that has all of its bonds: its temperature is in units of the coupling.
  verdict::Result undiluted = isotherm(15, "diluted");
  undiluted.points[0].facts.push_back({spin::fact::torus_dimension, 2, "torus"});
  const auto of_undiluted = findings::analyse(undiluted);
  for (const auto* found : {&by_name, &findings, &of_undiluted}) {
    REQUIRE(found->verdicts.size() == 2);
    CHECK(found->verdicts[0].quantity == "exponent_delta_target");
    CHECK(found->verdicts[0].measured == Approx(15).epsilon(1e-3));
    CHECK(found->verdicts[0].agrees());
    CHECK(found->verdicts[1].quantity == "exponent_branch");
    CHECK(found->verdicts[1].measured == Approx(-1.0 / 14).epsilon(1e-2));
    CHECK(found->verdicts[1].agrees());
  }
  for (const verdict::Verdict& row : findings::analyse(isotherm(3)).verdicts) {
    CHECK_FALSE(row.agrees());
  }
  REQUIRE(findings.figures.size() == 3);
  CHECK(findings.figures[0].name == "branch");
  const verdict::Figure& local = findings.figures[2];
  CHECK(local.curves.at(0).style == verdict::Curve::Style::dashed);
  for (double exponent : local.curves.at(1).y) CHECK(exponent == Approx(-1.0 / 14));
}

TEST_CASE("Findings of field_scan: too few fields and unfinished points", "[unit][findings]") {
  verdict::Result result =
      scan({"target.side=16", "target.temperature=3"}, {0.1, 0.2}, {0.3, 0.5}, 1e-3);
  const auto findings = findings::analyse(result);
  CHECK(findings.verdicts.empty());
  CHECK(findings.diagnostics.at(0).severity == verdict::Severity::warning);
  CHECK_THAT(findings.diagnostics[0].advice, Catch::Contains("at least 7 fields"));
  test::unfinished(result.points[0]);
  CHECK(findings::analyse(result).diagnostics.empty());
}

}  // namespace symbreak::findings::field_scan
