// The decks of the equation of state: every verdict agrees, the accuracy is the promised one, and
// nothing is warned about.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <set>

#include "analysis/findings/registry.hpp"
#include "equation_of_state_run.hpp"

namespace {

using namespace symbreak;

verdict::Findings analysed(const std::string& deck) {
  const auto begin = std::chrono::steady_clock::now();
  const verdict::Result result = test::solve_file(deck);
  const verdict::Findings findings = findings::analyse(result);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  std::string table =
      fmt::format("{}: {} points, {:.2f} s\n", deck, result.points.size(), spent.count());
  for (const verdict::Verdict& verdict : findings.verdicts) {
    table +=
        fmt::format("{:26} {:.12g} +- {:.2g}  reference {:.12g}  z {:.2g}  {}\n", verdict.quantity,
                    verdict.measured, verdict.error, verdict.predicted, verdict.z(), verdict.from);
    for (const auto& [key, value] : verdict.point) table += "    " + key + " = " + value + "\n";
  }
  for (const auto& diagnostic : findings.diagnostics) {
    table += diagnostic.subject + ": " + diagnostic.text + "\n";
  }
  INFO(table);
  CHECK(findings.diagnostics.empty());
  for (const verdict::Verdict& verdict : findings.verdicts) {
    INFO(verdict.quantity);
    CHECK(verdict.agrees());
    CHECK(verdict.error >= 0);
    const double accuracy = verdict.quantity.starts_with("exponent") ? 1e-3 : 1e-2;
    CHECK(std::abs(verdict.measured - verdict.predicted) < accuracy * std::abs(verdict.predicted));
  }
  return findings;
}

std::set<std::string> quantities(const verdict::Findings& findings) {
  std::set<std::string> names;
  for (const verdict::Verdict& verdict : findings.verdicts) names.insert(verdict.quantity);
  return names;
}

const std::set<std::string> kContinuous = {"critical_time",  "exponent_beta",
                                           "exponent_gamma", "exponent_gamma_prime",
                                           "exponent_delta", "amplitude_ratio"};

}  // namespace

TEST_CASE("deck two_deltas: exponents of mean field", "[equation][deck]") {
  const verdict::Findings findings = analysed("inputs/tutorial/two_deltas.ini");
  std::set<std::string> expected = kContinuous;
  expected.insert("magnetization_amplitude");
  CHECK(quantities(findings) == expected);
  for (const verdict::Verdict& verdict : findings.verdicts) {
    INFO(verdict.quantity << " " << verdict.measured - verdict.predicted);
    CHECK(std::abs(verdict.measured - verdict.predicted) <
          (verdict.quantity == "critical_time"     ? 1e-10
           : verdict.quantity == "amplitude_ratio" ? 1e-4  // of two fitted amplitudes
                                                   : 1e-5));
    CHECK(verdict.error < 1e-3);
  }
  // The pictures: pitchfork, eigenvalue, m^2, susceptibility, isotherm, and the landscape movie.
  CHECK(findings.figures.size() == 5);
  REQUIRE(findings.movies.size() == 1);
  CHECK(findings.movies[0].frames.size() == 61);
  CHECK(findings.movies[0].frames[0].size() == 2);
}

TEST_CASE("deck four_deltas", "[equation][deck]") {
  const verdict::Findings findings = analysed("inputs/validation/four_deltas.ini");
  CHECK(quantities(findings) == kContinuous);
  REQUIRE(findings.movies.size() == 1);
  CHECK(findings.movies[0].frames[0][0].surface.has_value());
}

TEST_CASE("deck sphere", "[equation][deck]") {
  const verdict::Findings findings = analysed("inputs/validation/sphere.ini");
  CHECK(quantities(findings) == kContinuous);
  CHECK(findings.verdicts.size() == 3 * kContinuous.size());
}

TEST_CASE("deck asymmetric_deltas", "[equation][deck]") {
  const verdict::Findings findings = analysed("inputs/validation/asymmetric_deltas.ini");
  REQUIRE(findings.verdicts.size() == 2);
  CHECK(findings.verdicts[0].measured == Approx(0.6704036560).margin(1e-7));
  CHECK(findings.verdicts[1].measured == Approx(0.4502260733).margin(1e-7));
}

TEST_CASE("deck blume_capel_deltas", "[equation][deck]") {
  const verdict::Findings findings = analysed("inputs/validation/blume_capel_deltas.ini");
  const auto names = quantities(findings);
  for (const char* name : {"critical_time", "critical_time_lower", "spinodal_time",
                           "coexistence_time", "tricritical_time", "tricritical_w0"}) {
    CHECK(names.contains(name));
  }
}

TEST_CASE("deck vp_pitchfork: each critical time names its criterion", "[equation][deck]") {
  const verdict::Findings findings = analysed("inputs/validation/vp_pitchfork.ini");
  const auto names = quantities(findings);
  for (const char* name : {"theta_critical", "critical_time_score", "critical_time_drift",
                           "critical_time_speciation", "critical_time_clone"}) {
    CHECK(names.contains(name));
  }
  for (const verdict::Verdict& verdict : findings.verdicts) {
    if (!verdict.quantity.starts_with("critical_time")) continue;
    CHECK_THAT(verdict.source, Catch::Contains("criterion"));
    CHECK_THAT(verdict.criterion, Catch::EndsWith("criterion"));
  }
}

TEST_CASE("deck curie_weiss", "[equation][deck]") {
  const verdict::Findings findings = analysed("inputs/validation/curie_weiss.ini");
  CHECK(findings.verdicts.size() == 4 * (kContinuous.size() + 1));
}
