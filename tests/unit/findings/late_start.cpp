#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/late_start/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::late_start {

namespace {

/// Where D(ln s) = ln(1 + e^{-(ln s - ln s_c)/w}), w = .5, bends most: D'' ~ sech^2.
constexpr double kCritical = 0.7;

double curve(double s) { return std::log1p(std::exp(-2 * std::log(s / kCritical))); }

/// Starts at s = s_c e^{k/5}, latest last, on the Brownian clock with sigma = 1: s = t.
verdict::Result starts(double exact_critical, double shift = 0) {
  std::string times;
  for (int k = 6; k >= -6; --k) {
    times += fmt::format("{}{}", times.empty() ? "" : ",", kCritical * std::exp(0.2 * k));
  }
  verdict::Result result =
      test::hand_made("late_start", {"target.preset=two_deltas", "experiment.t_start=" + times});
  for (verdict::Point& point : result.points) {
    const double s = point.number("experiment.t_start");
    point.facts = {
        {fact::noise, s, "s"}, {fact::time, s, "t"}, {fact::class_weight, {0.5, 0.5}, "weights"}};
    point.predictions = {{prediction::divergence, curve(s), "quadrature"},
                         {prediction::critical_start_noise, exact_critical, "quadrature"}};
    test::put_sampled(point, observable::divergence, {curve(s) + shift}, 1e-5);
    test::put_sampled(point, observable::branch_occupation, {0.5, 0.5}, 1e-3, {2});
    test::put_sampled(point, observable::ideal_occupation, {0.5, 0.5}, 1e-3, {2});
    test::put_sampled(point, observable::occupation_gap, {shift, -shift}, 1e-3, {2});
    test::put_sampled(point, observable::wasserstein_2_excess, {0.1}, 1e-3);
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of late_start: few steps are no martingale, and say so", "[unit][findings]") {
  const auto analysed = [](double bound) {
    verdict::Result result = starts(kCritical, 0.02);
    for (verdict::Point& point : result.points) {
      point.facts.push_back({fact::step_error, bound, "bound"});
    }
    return findings::analyse(result);
  };
  const auto few = analysed(0.3), many = analysed(0.003);
  for (const auto& row : test::verdicts(few, "occupation_gap")) CHECK(row.agrees());
  for (const auto& row : test::verdicts(many, "occupation_gap")) CHECK(row.disagrees());
  const auto notes = [](const verdict::Findings& found) {
    return std::count_if(found.diagnostics.begin(), found.diagnostics.end(),
                         [](const auto& each) { return each.subject == "experiment.steps"; });
  };
  CHECK(notes(few) == 1);
  CHECK(notes(many) == 0);
}

TEST_CASE("Findings of late_start: divergences, gaps and the largest curvature",
          "[unit][findings]") {
  const auto findings = findings::analyse(starts(kCritical));
  CHECK(test::verdicts(findings, "late_start_divergence").size() == 13);
  CHECK(test::verdicts(findings, "occupation_gap").size() == 13);
  for (const verdict::Verdict& row : findings.verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees());
  }
  const auto critical = test::verdicts(findings, "critical_start");
  REQUIRE(critical.size() == 1);
  CHECK(critical[0].measured == Approx(1 / kCritical).epsilon(1e-3));
  CHECK(critical[0].predicted == Approx(1 / kCritical));
  CHECK(critical[0].error > 0);
  CHECK(critical[0].error < 0.01);
  CHECK(critical[0].point.empty());
  // By rising noise, though the deck falls.
  REQUIRE(findings.figures.size() == 2);
  REQUIRE(findings.figures[0].curves.size() == 3);
  CHECK(std::is_sorted(findings.figures[0].curves[0].x.begin(),
                       findings.figures[0].curves[0].x.end()));
}

TEST_CASE("Findings of late_start: another divergence or gap fails", "[unit][findings]") {
  const auto findings = findings::analyse(starts(kCritical, 0.01));
  for (const char* quantity : {"late_start_divergence", "occupation_gap"}) {
    for (const verdict::Verdict& row : test::verdicts(findings, quantity)) {
      CHECK_FALSE(row.agrees());
    }
  }
  CHECK(test::verdicts(findings, "critical_start")[0].agrees());  // of the shape alone
}

TEST_CASE("Findings of late_start: a curvature that is not known is measured", "[unit][findings]") {
  verdict::Result result = starts(kCritical);
  for (verdict::Point& point : result.points) point.predictions.clear();
  auto findings = findings::analyse(result);
  CHECK(test::verdicts(findings, "critical_start").empty());
  CHECK(test::measured(findings, "critical_start").at(0).measured == Approx(1.429).epsilon(1e-3));
  result.points.resize(8);  // too few for a curvature
  CHECK(findings::analyse(result).measured.empty());
}

TEST_CASE("Findings of late_start: a mere denoiser has no divergence and no martingale",
          "[unit][findings]") {
  verdict::Result result = starts(kCritical);
  for (verdict::Point& point : result.points) {
    point.predictions.clear();
    point.observables.erase(observable::divergence.string());
    point.observables.erase(observable::ideal_occupation.string());
    point.observables.erase(observable::occupation_gap.string());
  }
  test::unfinished(result.points[3]);
  const auto findings = findings::analyse(result);
  CHECK(findings.verdicts.empty());
  CHECK(findings.diagnostics.empty());
  REQUIRE(findings.figures.size() == 2);
  for (const verdict::Figure& figure : findings.figures) {
    REQUIRE(figure.curves.size() == 1);
    CHECK(figure.curves[0].x.size() == 12);
  }
}

}  // namespace symbreak::findings::late_start
