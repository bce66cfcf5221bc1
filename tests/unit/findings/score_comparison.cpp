// Findings of score comparisons, made by hand: who is followed where, the loss identity, the curl.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/score_comparison/followed.hpp"
#include "analysis/findings/score_comparison/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::score_comparison {

namespace {

/// The Gaussian is nearest above s = 3, the data below: equal there, ln(s/3) apart elsewhere.
verdict::Result crossover() {
  verdict::Result result = test::hand_made("score_comparison", {});
  verdict::Point& point = result.points.front();
  const std::vector<double> s = {0.01, 0.1, 1, 10, 100};
  point.facts = {{fact::noise, s, "s"}, {fact::time, s, "t"}, {fact::own_states, 1.0, "own"}};
  std::vector<double> data, gaussian;
  for (const double noise : s) {
    data.push_back(10 + std::log(noise / 3));
    gaussian.push_back(10 - std::log(noise / 3));
  }
  const std::vector<Index> shape = {5};
  test::put_sampled(point, kScores[kData].distance, data, 0.1, shape);
  test::put_sampled(point, kScores[kGaussian].distance, gaussian, 0.1, shape);
  test::put_sampled(point, observable::loss, {1, 1, 1, 1, 1}, 0.1, shape);
  test::put_sampled(point, observable::loss_data, {1, 1, 1, 1, 1}, 0.1, shape);
  test::put_sampled(point, observable::loss_gap, {0, 0, 0, 0, 0}, 0.1, shape);
  test::put_sampled(point, observable::antisymmetric, {0.01, 0.02, 0.05, 0.01, 0}, 0.001, shape);
  test::put_sampled(point, observable::jacobian_square, {1, 1, 1, 1, 1}, 0.001, shape);
  return result;
}

}  // namespace

TEST_CASE("The score that is followed changes where the distances cross", "[unit][findings]") {
  const verdict::Result result = crossover();
  const auto stretches = followed(result.points.front());
  REQUIRE(stretches.size() == 2);
  CHECK(stretches[0].reference == kGaussian);
  CHECK(stretches[1].reference == kData);
  REQUIRE(stretches[0].until);
  CHECK(stretches[0].until->value == Approx(3));
  CHECK(stretches[0].until->error > 0);
  CHECK(stretches[0].until->error < 0.2);
  CHECK_FALSE(stretches[1].until);
  CHECK(curl_share(result.points.front(), 2).value == Approx(0.05));
}

TEST_CASE("The losses of a score agree with its distance, or it is told", "[unit][findings]") {
  verdict::Result result = crossover();
  CHECK(test::verdicts(findings::analyse(result), "loss_identity").front().agrees());
  verdict::Point& point = result.points.front();
  test::put_sampled(point, observable::loss_gap, {0, 0.1, 0.1, 0.1, 0}, 0.1, {5});
  CHECK(test::verdicts(findings::analyse(result), "loss_identity").front().disagrees());
  point.facts[2] = {fact::own_states, 0.0, "of held-out data the identity does not hold"};
  CHECK(test::verdicts(findings::analyse(result), "loss_identity").empty());
  CHECK(findings::analyse(result).figures.size() == 3);
}

}  // namespace symbreak::findings::score_comparison
