#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/locality/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::locality {

namespace {

/// Excess and information that halve with every site.
verdict::Result halves(double scale = 1, bool known = true) {
  verdict::Result result =
      test::hand_made("locality", {"target.kind=ising_chain", "target.dimension=31",
                                   "target.coupling=0.5", "experiment.t=1", "experiment.radius=2"});
  verdict::Point& point = result.points.front();
  const std::vector<double> excess{.4, .2, .1}, outside{.04, .02, .01};
  point.facts = {{fact::noise, 1.0, "s"},
                 {fact::radius, std::vector<double>{0, 1, 2}, "bonds"},
                 {fact::window_sites, std::vector<double>{1, 3, 5}, "sites"}};
  if (known) {
    point.predictions = {{prediction::excess_mmse, excess, "exact"},
                         {prediction::information_outside, outside, "exact"},
                         {prediction::mmse, .3, "exact"},
                         {prediction::entropy, .2, "exact"},
                         {prediction::markov_length, 1.44, "exact"}};
  }
  const auto times = [&](std::vector<double> values, double power) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] *= std::pow(scale, power * double(i));
    return values;
  };
  test::put_sampled(point, observable::excess_mmse, times(excess, 1), 1e-3, {3});
  test::put_sampled(point, observable::information_outside, times(outside, 1), 1e-3, {3});
  test::put_sampled(point, observable::mmse, {.3}, 1e-3);
  test::put_sampled(point, observable::entropy, {.2}, 1e-3);
  return result;
}

}  // namespace

TEST_CASE("Findings of locality: every radius, and the Markov length of the last two",
          "[unit][findings]") {
  const auto findings = findings::analyse(halves());
  CHECK(test::verdicts(findings, "excess_mmse").size() == 3);
  CHECK(test::verdicts(findings, "information_outside").size() == 3);
  CHECK(test::verdicts(findings, "mmse").size() == 1);
  const auto lengths = test::verdicts(findings, "markov_length");
  REQUIRE(lengths.size() == 1);
  CHECK(lengths[0].measured == Approx(1 / std::log(2.0)).epsilon(1e-4));
  CHECK(lengths[0].error > 0);
  for (const verdict::Verdict& row : findings.verdicts) CHECK(row.agrees());
  CHECK(findings.figures.size() == 2);
}

TEST_CASE("Findings of locality: a length that is a tenth too long fails", "[unit][findings]") {
  const auto findings = findings::analyse(halves(1.07));
  CHECK_FALSE(test::verdicts(findings, "markov_length").at(0).agrees());
  CHECK_FALSE(test::verdicts(findings, "excess_mmse").at(2).agrees());
}

TEST_CASE("Findings of locality: unknown systems are measured", "[unit][findings]") {
  const auto findings = findings::analyse(halves(1, false));
  CHECK(findings.verdicts.empty());
  CHECK(test::measured(findings, "markov_length").size() == 1);
  CHECK(test::measured(findings, "excess_mmse").size() == 3);
}

namespace {

verdict::Result by_chains(double forgotten) {
  verdict::Result result = halves(1, false);
  verdict::Point& point = result.points.front();
  point.predictions = {{prediction::mmse_of_site, .7, "one spin"}};
  test::put_sampled(point, observable::overlap_identity,
                    {forgotten, forgotten, forgotten, forgotten}, 1e-3, {4});
  return result;
}

}  // namespace

TEST_CASE("Findings of locality: chains are judged by one spin and by their identity",
          "[unit][findings]") {
  const auto good = findings::analyse(by_chains(1e-5));
  REQUIRE(test::verdicts(good, "mmse_of_site").size() == 1);
  CHECK(test::verdicts(good, "mmse_of_site")[0].measured == Approx(.4 + .3));
  CHECK(test::verdicts(good, "mmse_of_site")[0].agrees());
  REQUIRE(test::verdicts(good, "overlap_identity").size() == 1);
  CHECK(test::verdicts(good, "overlap_identity")[0].agrees());
  CHECK(good.diagnostics.empty());
  const auto bad = findings::analyse(by_chains(2e-3));
  CHECK_FALSE(test::verdicts(bad, "overlap_identity").at(0).agrees());
  REQUIRE(bad.diagnostics.size() == 1);
  CHECK_THAT(bad.diagnostics[0].advice, Catch::Contains("burn_in"));
}

TEST_CASE("Findings of locality: images and masked input are measured by radius",
          "[unit][findings]") {
  verdict::Result result = halves(1, false);
  verdict::Point& point = result.points.front();
  point.observables.erase(std::string(observable::information_outside.text()));
  point.observables.erase(std::string(observable::entropy.text()));
  test::put_sampled(point, observable::datum_information_outside, {3, 2, 1}, 1e-3, {3});
  test::put_sampled(point, observable::datum_entropy, {.5}, 1e-3);
  const auto images = findings::analyse(result);
  CHECK(images.verdicts.empty());
  CHECK(test::measured(images, "datum_information_outside").size() == 3);
  CHECK(test::measured(images, "datum_entropy").size() == 1);
  CHECK(test::measured(images, "markov_length").size() == 1);
  CHECK(images.figures.size() == 2);

  // Scores that do not know where their window is: on the figure of those that do.
  test::put_sampled(point, observable::equivariant_excess, {.4, .3, .2}, 1e-3, {3});
  test::put_sampled(point, observable::equivariant_identity, {1e-4, 1e-4, 1e-4}, 1e-3, {3});
  const auto anywhere = findings::analyse(result);
  CHECK(test::measured(anywhere, "equivariant_excess").size() == 3);
  CHECK(test::verdicts(anywhere, "equivariant_identity").at(0).agrees());
  REQUIRE(anywhere.figures.size() == 2);
  CHECK(anywhere.figures[0].curves.size() == images.figures[0].curves.size() + 1);
  test::put_sampled(point, observable::equivariant_identity, {.1, .1, .1}, 1e-3, {3});
  CHECK_FALSE(test::verdicts(findings::analyse(result), "equivariant_identity").at(0).agrees());

  point.observables.clear();
  test::put_sampled(point, observable::error_growth, {.3, .2, .1}, 1e-3, {3});
  test::put_sampled(point, observable::outside_response, {.3, .2, .1}, 1e-3, {3});
  test::put_sampled(point, observable::loss, {.5}, 1e-3);
  const auto masked = findings::analyse(result);
  CHECK(test::measured(masked, "error_growth").size() == 3);
  CHECK(test::measured(masked, "outside_response").size() == 3);
  CHECK(test::measured(masked, "loss").size() == 1);
  CHECK(masked.figures.size() == 2);
}

}  // namespace symbreak::findings::locality
