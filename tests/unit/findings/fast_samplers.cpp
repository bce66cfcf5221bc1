#include <catch2/catch.hpp>

#include "analysis/findings/common/spin_observables.hpp"
#include "analysis/findings/fast_samplers/observables.hpp"
#include "analysis/theory/sampling.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::fast_samplers {

namespace {

/// Occupation of the heavy class of two, of weight .8.
void fill(verdict::Point& point, double heavy, double counted = 20) {
  point.facts = {{fact::class_weight, {0.8, 0.2}, "weights"}};
  point.predictions = {{prediction::evaluations, 20, "count"},
                       {prediction::sampler_occupation, {0.84, 0.16}, "quadrature"}};
  test::put_sampled(point, observable::branch_occupation, {heavy, 1 - heavy}, 0.004, {2});
  test::put_sampled(point, observable::generated_square, {1}, 0.004, {1});
  test::put_sampled(point, observable::wasserstein_2_excess, {0.1}, 0.004);
  test::put_solved(point, observable::evaluations, {counted}, 0);
}

verdict::Result starts(double counted = 20) {
  verdict::Result result = test::hand_made(
      "fast_samplers", {"target.preset=two_deltas", "experiment.start=noise,gaussian"});
  fill(result.points[0], 0.84);
  fill(result.points[1], 0.81, counted);
  return result;
}

}  // namespace

TEST_CASE("Findings of fast_samplers: occupation against the sampler's own law",
          "[unit][findings]") {
  const auto occupation = test::verdicts(findings::analyse(starts()), "branch_occupation");
  REQUIRE(occupation.size() == 2);  // one of the two classes, at each point
  CHECK(occupation[0].agrees());
  CHECK(occupation[0].measured == Approx(0.84));
  CHECK(occupation[0].predicted_error == 2e-5);
  CHECK_FALSE(occupation[1].agrees());
}

TEST_CASE("Findings of fast_samplers: evaluations are summed over the points", "[unit][findings]") {
  auto cost = test::verdicts(findings::analyse(starts()), "score_evaluations");
  REQUIRE(cost.size() == 1);
  CHECK(cost[0].measured == 40);
  CHECK(cost[0].agrees());
  CHECK(cost[0].point.empty());
  cost = test::verdicts(findings::analyse(starts(21)), "score_evaluations");
  CHECK(cost[0].measured == 41);
  CHECK_FALSE(cost[0].agrees());
}

TEST_CASE("Findings of fast_samplers: biases of .04 and .01 are a factor 4", "[unit][findings]") {
  const auto found = findings::analyse(starts());
  const auto factors = test::measured(found, "improvement_factor");
  REQUIRE(factors.size() == 1);
  CHECK(factors[0].measured == Approx(4));
  CHECK(test::measured(found, "minority_bias", "start from noise").at(0).measured == Approx(-0.04));
  CHECK(test::measured(findings::analyse(starts(21)), "improvement_factor").empty());  // costs
}

TEST_CASE("Findings of fast_samplers: divergence of Gaussian data", "[unit][findings]") {
  verdict::Result result = starts();
  for (std::size_t i = 0; i < 2; ++i) {
    verdict::Point& point = result.points[i];
    // Variances 2.4 and 2.8 where the law has 2.
    point.facts.emplace_back(fact::law_variance, 2, "variance");
    point.predictions = {
        {prediction::sampler_divergence, theory::gaussian_divergence(1.2), "recursion"}};
    test::put_sampled(point, observable::generated_square, {i == 0 ? 2.4 : 2.8}, 0.004, {1});
  }
  const auto divergence = test::verdicts(findings::analyse(result), "kl_divergence");
  REQUIRE(divergence.size() == 2);
  CHECK(divergence[0].measured == Approx(theory::gaussian_divergence(1.2)));
  CHECK(divergence[0].agrees());
  CHECK_FALSE(divergence[1].agrees());
}

TEST_CASE("Findings of fast_samplers: grids are listed by their distance", "[unit][findings]") {
  verdict::Result result = test::hand_made(
      "fast_samplers", {"target.preset=two_deltas", "experiment.schedule=log,sqrt,edm"});
  const double distances[] = {0.3, 0.1, 0.2};
  for (std::size_t i = 0; i < 3; ++i) {
    fill(result.points[i], 0.84);
    test::put_sampled(result.points[i], findings::spin::observable::wasserstein_1_energy_excess,
                      {distances[i]}, 0.001);
  }
  const auto grids = test::measured(findings::analyse(result), "wasserstein_1_energy");
  REQUIRE(grids.size() == 3);
  CHECK(grids[0].point.at("experiment.schedule") == "sqrt");
  CHECK(grids[2].point.at("experiment.schedule") == "log");
  CHECK(grids[1].measured == Approx(0.2));
}

TEST_CASE("Findings of fast_samplers: curves against evaluations, incomplete points left out",
          "[unit][findings]") {
  verdict::Result result = starts();
  auto findings = findings::analyse(result);
  REQUIRE(findings.figures.size() == 2);
  REQUIRE(findings.figures[0].curves.size() == 2);  // in the order of their labels
  CHECK(findings.figures[0].curves[1].x == std::vector<double>{20});
  CHECK(findings.figures[0].curves[1].y[0] == Approx(0.16 / 0.2));
  test::unfinished(result.points[1]);
  result.points[1].observables.clear();
  findings = findings::analyse(result);
  CHECK(test::verdicts(findings, "score_evaluations")[0].measured == 20);
  CHECK(findings.figures[0].curves.size() == 1);
  result.points[0].facts.clear();  // one class
  findings = findings::analyse(result);
  CHECK(findings.figures.size() == 1);
}

}  // namespace symbreak::findings::fast_samplers
