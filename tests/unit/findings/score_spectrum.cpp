// Findings of spectra: results made by hand.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/score_spectrum/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::score_spectrum {

namespace {

/// Three levels, two eigenvalues; `off`: the trace in units of its error, the same at all levels.
verdict::Result spectra(double off, double collapse = 0) {
  verdict::Result result =
      test::hand_made("score_spectrum", {"target.kind=sphere", "target.dimension=2",
                                         "experiment.t=0.1,1,10", "experiment.eigenvalues=2"});
  verdict::Point& point = result.points[0];
  point.facts = {{fact::time, {0.1, 1, 10}, "clock"},
                 {fact::noise, {0.1, 1, 10}, "s"},
                 {fact::state, 0, "planted"}};
  if (collapse > 0) point.facts.push_back({fact::collapse, collapse, "law"});
  const std::vector<double> trace = {1.1, 0.8, 0.3};
  point.predictions = {{prediction::trace, trace, "exact"}};
  const std::vector<double> levels(3, 0.5);
  for (const auto name : {observable::trace_median, observable::count, observable::count_median,
                          observable::gap_dimension, observable::participation}) {
    test::put_sampled(point, name, levels, 0.1, {3});
  }
  for (const auto name : {observable::eigenvalues, observable::eigenvalue_median}) {
    test::put_sampled(point, name, {.9, .2, .6, .2, .2, .1}, 0.1, {3, 2});
  }
  test::put_sampled(point, observable::gap, {.7, .4, .1}, 0.1, {3});
  test::put_sampled(point, observable::residual, {1e-9, 2e-9, 1e-12}, 1e-10, {3});
  test::put_sampled(point, observable::trace, trace, 0.1, {3});
  const double error = point.at(observable::trace).error();
  std::vector<double> moved = trace, gaps(3, off * error);
  for (double& each : moved) each += off * error;
  test::put_sampled(point, observable::trace, moved, 0.1, {3});
  test::put_sampled(point, observable::trace_identity, gaps, 0.1, {3});
  return result;
}

}  // namespace

TEST_CASE("Traces are judged, dimensions told where the gap is widest", "[unit][findings]") {
  const verdict::Findings right = findings::analyse(spectra(1)),
                          wrong = findings::analyse(spectra(4));
  for (const char* quantity : {"jacobian_trace", "trace_identity"}) {
    REQUIRE(test::verdicts(right, quantity).size() == 1);
    CHECK(test::verdicts(right, quantity)[0].measured == Approx(1).epsilon(.03));
    CHECK(test::verdicts(right, quantity)[0].agrees());
    CHECK_FALSE(test::verdicts(wrong, quantity).at(0).agrees());
  }
  const auto count = test::measured(right, "local_dimension", "J > 1/2");
  REQUIRE(count.size() == 1);
  CHECK(count[0].axis.at(0) == std::pair<std::string, double>("s", 0.1));
  CHECK(test::measured(right, "lanczos_residual").at(0).measured == Approx(2e-9));
  std::string names;
  for (const verdict::Figure& figure : right.figures) names += figure.name + ' ';
  CHECK(names == "eigenvalues local_dimension ");
}

TEST_CASE("Points have their dimension above their collapse", "[unit][findings]") {
  const auto rows = test::measured(findings::analyse(spectra(0.5, 0.3)), "local_dimension", "tr J");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].axis.at(0).second == 1);  // not .1, where the gap is wider
}

TEST_CASE("Points are judged by their law where they are enough", "[unit][findings]") {
  const auto judged = [](double of_law) {
    verdict::Result result = spectra(0);
    result.points[0].predictions.push_back(
        {prediction::trace_of_law, {of_law * 2, of_law * .8, of_law * .3}, "law"});
    result.points[0].predictions.push_back(
        {prediction::trace_of_law_error, {1, 1e-4, 1e-4}, "bound"});
    return findings::analyse(result);
  };
  const auto right = test::verdicts(judged(1), "trace_of_law");
  REQUIRE(right.size() == 1);
  CHECK(right[0].squares == 2);  // the first level is not known to 5 %
  CHECK(right[0].agrees());
  CHECK_FALSE(test::verdicts(judged(2), "trace_of_law").at(0).agrees());
}

}  // namespace symbreak::findings::score_spectrum
