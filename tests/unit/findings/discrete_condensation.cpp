// Findings of memorization by discrete channels on hand-made results.
#include "analysis/findings/discrete_condensation/observables.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/hand_made.hpp"

namespace symbreak::findings::discrete_condensation {

namespace {

constexpr double kCritical = .75, kLevel = .55;

/// A weight that passes `kLevel` at `critical`.
double weight(double e, double critical) {
  return kLevel + .9 * std::tanh(2 * (critical - e)) * kLevel;
}

verdict::Result result(double critical, double gap, bool times = false) {
  const std::string axis = times ? "experiment.t" : "experiment.noise";
  std::vector<std::string> settings = {"target.kind=synthetic_dataset", "target.law=binary",
                                       "target.dimension=40", "target.n=1024",
                                       axis + "=0.65,0.7,0.8,0.85"};
  if (times) settings.push_back("forward.clock=ornstein_uhlenbeck");
  verdict::Result made = test::hand_made("discrete_condensation", settings);
  for (verdict::Point& point : made.points) {
    const double e = point.number(axis);
    point.predictions = {{prediction::critical_noise, times ? .1 : kCritical, "1 - alpha"},
                         {prediction::critical_time, kCritical, "the same"},
                         {prediction::threshold_weight, kLevel, "exact"},
                         {prediction::true_weight, weight(e, kCritical), "exact"}};
    test::put_sampled(point, observable::true_weight, {weight(e, critical)}, 0.01);
    for (const auto name :
         {observable::clone_probability, observable::return_probability, observable::map_correct}) {
      test::put_sampled(point, name, {weight(e, critical) + gap}, 0.01);
    }
    for (const auto name : {observable::true_weight_identity, observable::clone_identity,
                            observable::return_identity, observable::map_identity}) {
      test::put_sampled(point, name, {gap}, 0.01);
    }
  }
  return made;
}

}  // namespace

TEST_CASE("Memorization: weights, their threshold, identities", "[unit][findings]") {
  const verdict::Findings right = findings::analyse(result(kCritical, 0)),
                          wrong = findings::analyse(result(kCritical + .02, .02));
  REQUIRE(test::verdicts(right, "true_weight").size() == 4);
  for (const auto& row : test::verdicts(right, "true_weight")) CHECK(row.agrees());
  for (const auto& row : test::verdicts(wrong, "true_weight")) CHECK_FALSE(row.agrees());
  REQUIRE(test::verdicts(right, "memorization_noise").size() == 1);
  CHECK(test::verdicts(right, "memorization_noise")[0].measured == Approx(kCritical));
  CHECK(test::verdicts(right, "memorization_noise")[0].agrees());
  CHECK(test::verdicts(wrong, "memorization_noise")[0].measured ==
        Approx(kCritical + .02).margin(2e-3));
  CHECK_FALSE(test::verdicts(wrong, "memorization_noise")[0].agrees());
  for (const char* identity :
       {"true_weight_identity", "clone_identity", "return_identity", "map_identity"}) {
    CHECK(test::verdicts(right, identity).at(0).agrees());
    CHECK_FALSE(test::verdicts(wrong, identity).at(0).agrees());
  }
  CHECK(right.figures.size() == 1);
}

TEST_CASE("Memorization along the time of a clock", "[unit][findings]") {
  const verdict::Findings found = findings::analyse(result(kCritical + .02, 0, true));
  REQUIRE(test::verdicts(found, "memorization_time").size() == 1);
  CHECK(test::verdicts(found, "memorization_time")[0].measured ==
        Approx(kCritical + .02).margin(2e-3));
  CHECK(test::verdicts(found, "memorization_noise").empty());
}

TEST_CASE("Memorization away from the threshold is told", "[unit][findings]") {
  verdict::Result made = result(kCritical, 0);
  made.points.resize(2);  // below it
  const verdict::Findings found = findings::analyse(made);
  CHECK(test::verdicts(found, "memorization_noise").empty());
  CHECK(test::measured(found, "memorization_noise").at(0).measured == kCritical);
}

}  // namespace symbreak::findings::discrete_condensation
