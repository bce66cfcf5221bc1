#include <catch2/catch.hpp>

#include "analysis/findings/toy/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::toy {

namespace {

verdict::Result chain(double shift) {
  verdict::Result result = test::hand_made("toy", {"experiment.mean=1,2"});
  for (verdict::Point& point : result.points) {
    const double mean = point.number("experiment.mean");
    test::put_sampled(point, observable::value, {mean + shift}, 0.08);
    test::put_sampled(point, observable::square, {1 + shift}, 0.08);
    point.predictions = {
        {prediction::mean, mean, "stationary law"},
        {prediction::variance, 1, "stationary law"},
        {prediction::tau_int, point.at(observable::value).estimate.tau_int[0] + shift,
         "1/2 + sum rho^k"}};
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of toy: mean, variance and tau_int of every point", "[unit][findings]") {
  const auto findings = findings::analyse(chain(0));
  REQUIRE(findings.verdicts.size() == 6);
  for (const char* quantity : {"mean", "variance", "tau_int"}) {
    for (const verdict::Verdict& row : test::verdicts(findings, quantity)) {
      CHECK(row.agrees());
      // Batches that are independent by construction have tau_int = 1/2, without an error.
      if (row.quantity != "tau_int") CHECK(row.error > 0);
    }
  }
  const auto means = test::verdicts(findings, "mean");
  CHECK(means[1].measured == Approx(2));
  CHECK(means[1].predicted == 2);
  CHECK(means[1].source == "stationary law");
  CHECK(means[1].point == std::map<std::string, std::string>{{"experiment.mean", "2"}});
}

TEST_CASE("Findings of toy: a wrong mean and variance fail", "[unit][findings]") {
  const auto findings = findings::analyse(chain(0.2));
  for (const char* quantity : {"mean", "variance"}) {
    for (const verdict::Verdict& row : test::verdicts(findings, quantity)) {
      CHECK_FALSE(row.agrees());
    }
  }
}

TEST_CASE("Findings of toy: what is not known or not complete is not judged", "[unit][findings]") {
  verdict::Result result = chain(0);
  result.points[0].predictions.resize(1);  // several disorder samples
  test::unfinished(result.points[1]);
  result.points[1].observables.clear();
  CHECK(findings::analyse(result).verdicts.size() == 1);
}

}  // namespace symbreak::findings::toy
