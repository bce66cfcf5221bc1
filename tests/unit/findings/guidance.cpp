#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/guidance/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::guidance {

namespace {

/// Responses 1 - u^2/4 at ln s = u, largest 1 at s = 1, and .5 at random times (t = 0).
verdict::Result pushes(double shift = 0, double ratio = 2) {
  std::string times = "0";
  for (int k = -7; k <= 7; ++k) times += fmt::format(",{}", std::exp(-0.2 * k));
  verdict::Result result =
      test::hand_made("guidance", {"target.preset=two_deltas", "experiment.t=" + times});
  for (verdict::Point& point : result.points) {
    const double s = point.number("experiment.t");
    double response = 0.5;
    if (s > 0) {
      response = 1 - std::pow(std::log(s), 2) / 4;
      point.facts = {{fact::time, s, "t"}, {fact::noise, s, "s"}};
    } else {
      point.predictions.emplace_back(prediction::pulse_ratio, ratio, "max over mean");
    }
    point.predictions.emplace_back(prediction::response, response, "linear response");
    test::put_sampled(point, observable::committor_response, {response + shift}, 1e-3);
    test::put_sampled(point, observable::class_response, {response + shift}, 1e-2);
    point.observables.at("class_response").text = "change of the class";
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of guidance: linear response at every time, best over random",
          "[unit][findings]") {
  const auto findings = findings::analyse(pushes());
  const auto responses = test::verdicts(findings, "guidance_response");
  REQUIRE(responses.size() == 32);
  for (const verdict::Verdict& row : findings.verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees());
  }
  CHECK(responses[1].from == "change of the class");
  // By rising noise, the random time last.
  CHECK(std::stod(responses[0].point.at("experiment.t")) == Approx(std::exp(-1.4)));
  CHECK(std::stod(responses[31].point.at("experiment.t")) == 0);
  const auto ratios = test::verdicts(findings, "pulse_ratio");
  REQUIRE(ratios.size() == 2);
  for (const verdict::Verdict& row : ratios) {
    CHECK(row.measured == Approx(2));
    CHECK(row.error > 0);
    CHECK(row.point.empty());
  }
  CHECK(ratios[0].error < ratios[1].error);
  REQUIRE(findings.figures.size() == 1);
  CHECK(findings.figures[0].curves.size() == 3);
}

TEST_CASE("Findings of guidance: other responses and ratios fail", "[unit][findings]") {
  const auto findings = findings::analyse(pushes(0.05, 2.5));
  for (const verdict::Verdict& row : findings.verdicts) {
    INFO(row.quantity);
    CHECK_FALSE(row.agrees());
  }
}

TEST_CASE("Findings of guidance: a ratio that is not known is measured", "[unit][findings]") {
  verdict::Result result = pushes();
  for (verdict::Point& point : result.points) point.predictions.clear();
  const auto findings = findings::analyse(result);
  CHECK(findings.verdicts.empty());
  CHECK(findings.diagnostics.empty());
  CHECK(test::measured(findings, "pulse_ratio").at(0).measured == Approx(2).epsilon(0.01));
  CHECK(test::measured(findings, "pulse_noise").at(0).measured == Approx(1).epsilon(0.01));
}

TEST_CASE("Findings of guidance: a mere denoiser has no committor, runs may be partial",
          "[unit][findings]") {
  verdict::Result result = pushes();
  for (verdict::Point& point : result.points) {
    point.observables.erase(observable::committor_response.string());
  }
  auto findings = findings::analyse(result);
  CHECK(test::verdicts(findings, "guidance_response").size() == 16);
  CHECK(test::verdicts(findings, "pulse_ratio").size() == 1);
  CHECK(findings.figures.at(0).curves.size() == 2);
  test::unfinished(result.points[0]);  // the random times
  for (std::size_t i = 6; i < result.points.size(); ++i) test::unfinished(result.points[i]);
  findings = findings::analyse(result);
  CHECK(test::verdicts(findings, "guidance_response").size() == 5);
  CHECK(test::verdicts(findings, "pulse_ratio").empty());
}

}  // namespace symbreak::findings::guidance
