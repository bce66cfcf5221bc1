#include "analysis/findings/common/spin_moments.hpp"

#include <catch2/catch.hpp>

#include "analysis/findings/common/generated_observables.hpp"
#include "analysis/findings/common/spin_observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::spin {

namespace {

/// Moments that are off by a fraction 0.4/sweeps; U4 = 1 - 20/(3 * 9).
verdict::Result generated(double unconverged) {
  verdict::Result result = test::hand_made(
      "generation", {"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                     "target.posterior=monte_carlo", "experiment.sweeps=4,8,16"});
  for (verdict::Point& point : result.points) {
    const double off = 1 + 0.4 / point.number("experiment.sweeps");
    test::put_sampled(point, observable::energy, {-1.2 * off}, 1e-3);
    test::put_sampled(point, observable::magnetization_abs, {0.5 * off}, 1e-3);
    test::put_sampled(point, observable::magnetization_second, {3 * off}, 1e-3);
    test::put_sampled(point, observable::magnetization_fourth, {20 * off * off}, 1e-3);
    test::put_sampled(point, observable::wasserstein_1_magnetization_excess, {0}, 1e-3);
    test::put_sampled(point, observable::wasserstein_1_energy_excess, {off - 1}, 1e-3);
    test::put_sampled(point, generated::observable::clean_mean_variance, {off - 1}, 1e-3);
    test::put_sampled(point, generated::observable::chains_unconverged, {unconverged}, 1e-3);
    point.predictions = {{prediction::energy_exact, -1.2, "Kaufman (1949)"},
                         {prediction::magnetization_abs_exact, 0.5, "exact law of M"},
                         {prediction::magnetization_second_exact, 3, "exact law of M"},
                         {prediction::binder_exact, 1 - 20.0 / 27, "exact law of M"}};
  }
  return result;
}

verdict::Findings judged(const verdict::Result& result) {
  verdict::Findings findings;
  judge_generated_spins(result, findings);
  return findings;
}

}  // namespace

TEST_CASE("Moments of generated spins: every point, and without the score's error",
          "[unit][findings]") {
  const auto findings = judged(generated(0));
  for (const char* quantity : {"energy", "magnetization_abs", "magnetization_second"}) {
    const auto rows = test::verdicts(findings, quantity);
    INFO(quantity);
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].measured == Approx(1.1 * rows[0].predicted));
    for (std::size_t i = 0; i < 3; ++i) CHECK_FALSE(rows[i].agrees());
    CHECK(rows[3].agrees());
    CHECK(rows[3].measured == Approx(rows[3].predicted));
    CHECK(rows[3].point.empty());
  }
  const auto binder = test::verdicts(findings, "binder_cumulant");
  REQUIRE(binder.size() == 4);
  for (const verdict::Verdict& row : binder) CHECK(row.agrees());
  CHECK(binder[0].measured == Approx(1 - 20.0 / 27));
  const auto laws = test::verdicts(findings, "wasserstein_1");
  REQUIRE(laws.size() == 6);
  CHECK(laws[0].agrees());
  CHECK_FALSE(laws[1].agrees());
  REQUIRE(findings.figures.size() == 1);
  CHECK(findings.figures[0].name == "score_error");
  CHECK(findings.figures[0].curves.size() == 4);
  CHECK(findings.diagnostics.empty());
}

TEST_CASE("Moments of generated spins: chains that lag, and data without spins",
          "[unit][findings]") {
  verdict::Result result = generated(0.3);
  CHECK(judged(result).diagnostics.size() == 3);
  for (verdict::Point& point : result.points) point.observables.clear();
  CHECK(judged(result).verdicts.empty());
  CHECK(judged(result).figures.empty());
  for (verdict::Point& point : result.points) test::unfinished(point);
  CHECK(judged(result).diagnostics.empty());
}

}  // namespace symbreak::findings::spin
