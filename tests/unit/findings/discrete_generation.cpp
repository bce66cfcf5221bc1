// Findings of discrete generation on hand-made results.
#include "analysis/findings/discrete_generation/observables.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/hand_made.hpp"

namespace symbreak::findings::discrete_generation {

namespace {

verdict::Result result(double stretch) {
  verdict::Result made =
      test::hand_made("discrete_generation", {"target.kind=ising_chain", "target.dimension=6",
                                              "target.coupling=1", "experiment.steps=4,8,16"});
  for (verdict::Point& point : made.points) {
    const double steps = point.number("experiment.steps"), excess = 3 / steps;
    point.facts = {{fact::noise, {1, .5, 0}, "e"}, {fact::exact, 0, "exact"}};
    point.predictions = {{prediction::leaping_excess, excess, "Riemann sum"},
                         {prediction::least_excess, excess / 2, "best"},
                         {prediction::rate, {4, 3, 2}, "h"},
                         {prediction::curve_noise, {0, .5, 1}, "e"},
                         {prediction::curve_rate, {2, 3, 4}, "h"},
                         {prediction::divergence, 5 / (steps * steps), "law"},
                         {prediction::energy, -.5, "law"}};
    test::put_sampled(point, observable::leaping_excess, {stretch * excess}, 0.001);
    test::put_sampled(point, observable::energy, {-.5 * stretch}, 0.001);
    test::put_sampled(point, observable::energy_of_data, {-.6}, 0.001);
    test::put_sampled(point, observable::magnetization_second, {2 * stretch}, 0.001);
    test::put_sampled(point, observable::magnetization_second_of_data, {2}, 0.001);
  }
  return made;
}

}  // namespace

TEST_CASE("The excess of leaps is judged, and its exponent is told", "[unit][findings]") {
  const verdict::Findings right = findings::analyse(result(1)),
                          wrong = findings::analyse(result(1.1));
  for (const char* quantity : {"leaping_excess", "energy"}) {
    REQUIRE(test::verdicts(right, quantity).size() == 3);
    for (const auto& row : test::verdicts(right, quantity)) CHECK(row.agrees());
    for (const auto& row : test::verdicts(wrong, quantity)) CHECK_FALSE(row.agrees());
  }
  CHECK(test::measured(right, "leaping_excess", "optimum").size() == 3);
  CHECK(test::measured(right, "excess_over_optimum").at(0).measured == Approx(2));
  CHECK(test::measured(right, "divergence_exponent").at(0).measured == Approx(2));
  CHECK(test::measured(right, "excess_exponent").at(0).measured == Approx(1));
  // A sampler that is biased, and whose law is not known, is told beside the data.
  CHECK(test::verdicts(right, "magnetization_second").empty());
  CHECK(test::measured(wrong, "magnetization_second", "bias").at(0).measured == Approx(.2));
  CHECK(right.figures.size() == 5);  // costs, laws, where to step at each number of steps
}

TEST_CASE("Exact samplers are judged by clean data", "[unit][findings]") {
  for (const double stretch : {1.0, 1.1}) {
    verdict::Result made = result(stretch);
    for (verdict::Point& point : made.points) {
      point.predictions.clear();
      point.facts = {{fact::exact, 1, "exact"}};
    }
    const verdict::Findings found = findings::analyse(made);
    const auto rows = test::verdicts(found, "magnetization_second");
    REQUIRE(rows.size() == 3);
    for (const auto& row : rows) CHECK(row.agrees() == (stretch == 1));
    CHECK(test::measured(found, "leaping_excess").size() == 3);
  }
}

}  // namespace symbreak::findings::discrete_generation
