#include <catch2/catch.hpp>

#include "analysis/findings/guided_generation/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::guided_generation {

namespace {

verdict::Result guided(double off = 0, bool known = true) {
  verdict::Result result = test::hand_made(
      "guided_generation", {"target.kind=gaussian_mixture", "experiment.weight=0,1,3"});
  for (verdict::Point& point : result.points) {
    const double w = point.number("experiment.weight");
    point.facts = {{fact::signal, 1.0, "G"},
                   {fact::noise, std::vector<double>{2.0, 1.0}, "s"},
                   {fact::weight, std::vector<double>{w, w}, "w"}};
    if (known) {
      point.predictions = {{prediction::shift, w / 10, "theory"},
                           {prediction::variance, 1 - w / 10, "theory"},
                           {prediction::purity, .9, "theory"},
                           {prediction::class_fraction, .95, "theory"}};
    }
    test::put_sampled(point, observable::shift, {w / 10 + off}, 1e-2);
    test::put_sampled(point, observable::variance, {1 - w / 10 + off}, 1e-2);
    test::put_sampled(point, observable::spread, {1}, 1e-2);
    test::put_sampled(point, observable::purity, {.9 + off}, 1e-2);
    test::put_sampled(point, observable::class_fraction, {.95 + off}, 1e-2);
    test::put_sampled(point, observable::energy_distance, {w + off}, 1e-2);
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of guided_generation: theory where it is known, distance 0 without guidance",
          "[unit][findings]") {
  const auto findings = findings::analyse(guided());
  for (const auto* quantity : {"guided_shift", "guided_variance", "purity", "class_fraction"}) {
    INFO(quantity);
    CHECK(test::verdicts(findings, quantity).size() == 3);
  }
  CHECK(test::verdicts(findings, "energy_distance").size() == 1);
  CHECK(test::measured(findings, "energy_distance").size() == 2);
  for (const verdict::Verdict& row : findings.verdicts) CHECK(row.agrees());
  REQUIRE(findings.figures.size() == 2);
  CHECK(findings.figures[0].curves.size() == 2);
}

TEST_CASE("Findings of guided_generation: other numbers fail", "[unit][findings]") {
  for (const verdict::Verdict& row : findings::analyse(guided(.02)).verdicts) {
    INFO(row.quantity);
    CHECK_FALSE(row.agrees());
  }
}

TEST_CASE("Findings of guided_generation: classes without a theory are measured",
          "[unit][findings]") {
  const auto findings = findings::analyse(guided(0, false));
  CHECK(findings.verdicts.size() == 1);  // the distance at w = 0
  CHECK(test::measured(findings, "guided_shift").size() == 3);
}

}  // namespace symbreak::findings::guided_generation
