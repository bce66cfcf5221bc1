#include <catch2/catch.hpp>

#include "analysis/findings/commitment/observables.hpp"
#include "analysis/theory/information.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::commitment {

namespace {

/// Two narrow classes of signal G = 6/t, whose critical time is 6, at times in disorder.
verdict::Result narrow_classes(double shift, const std::string& couplings = "1.3") {
  verdict::Result result =
      test::hand_made("commitment", {"target.kind=curie_weiss", "target.dimension=24",
                                     "target.coupling=" + couplings, "experiment.t=6,2,24"});
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t"), G = 6 / t, phi = theory::clone_probability(G);
    test::put_sampled(point, observable::clone_probability, {phi + shift}, 0.04, {}, 4, 256);
    test::put_sampled(point, observable::class_kept, {phi + shift}, 0.01);
    test::put_sampled(point, observable::class_identity, {shift}, 0.01);
    test::put_sampled(point, observable::stiffness, {0.2 + t / 100}, 0.01);
    test::put_sampled(point, observable::stiffness_identity, {shift}, 0.01);
    test::put_sampled(point, observable::unstable_fraction, {t == 6 ? 0.25 : 0.1}, 0.01);
    test::put_sampled(point, observable::overlap, {0.5}, 0.01);
    point.facts = {{fact::noise, t, "sigma^2 t"},
                   {fact::noiseless_stiffness, 1 - 6 / t, "1 - s_c/s"},
                   {fact::class_signal, G, "narrow classes"}};
    point.predictions = {{prediction::critical_time, 6, "lambda_max(C)/sigma^2"},
                         {prediction::clone_probability, phi, "(1 + q(G))/2"}};
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of commitment: clones and the identities of a score", "[unit][findings]") {
  const auto findings = findings::analyse(narrow_classes(0));
  REQUIRE(findings.verdicts.size() == 9);
  for (const verdict::Verdict& row : findings.verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees());
    CHECK(row.error > 0);
  }
  const auto clones = test::verdicts(findings, "clone_probability");
  CHECK(clones[0].measured == Approx(theory::clone_probability(1)));
  CHECK(clones[0].point.at("experiment.t") == "6");
  CHECK(test::measured(findings, "class_signal").at(0).measured == 1);
  for (const verdict::Verdict& row : findings::analyse(narrow_classes(0.1)).verdicts) {
    INFO(row.quantity);
    CHECK_FALSE(row.agrees());
  }
}

TEST_CASE("Findings of commitment: clones of a finite magnet by the moments of its law",
          "[unit][findings]") {
  verdict::Result result = narrow_classes(0);
  verdict::Point& point = result.points[0];
  const double phi = theory::clone_probability(1), law = theory::clone_probability(0.9);
  point.facts.push_back({fact::class_signal_finite, 0.9, "moments of M"});
  const auto clones = test::verdicts(findings::analyse(result), "clone_probability");
  CHECK(clones[0].predicted == Approx(law));
  CHECK(clones[0].predicted_error == Approx((law - phi) * (law - phi) / (law - 0.5)));
  CHECK_THAT(clones[0].source, Catch::Contains("moments of M"));
}

TEST_CASE("Findings of commitment: curves against t and the softest state", "[unit][findings]") {
  const auto findings = findings::analyse(narrow_classes(0));
  REQUIRE(findings.figures.size() == 2);
  const verdict::Figure &clones = findings.figures[0], &stiffness = findings.figures[1];
  CHECK(clones.name == "clone_probability");
  REQUIRE(clones.curves.size() == 3);
  CHECK(clones.curves[2].x == std::vector<double>{2, 6, 24});
  CHECK(clones.curves[2].y[1] == theory::clone_probability(1));
  CHECK(clones.vertical_lines.at(0).first == 6);
  CHECK(stiffness.name == "stiffness");
  REQUIRE(stiffness.curves.size() == 3);
  CHECK(stiffness.curves[2].y == std::vector<double>{-2, 0, 0.75});
  CHECK(findings.diagnostics.empty());
  const auto softest = test::measured(findings, "stiffness", "smallest over t").at(0);
  CHECK(softest.axis.at(0).second == 2);
  CHECK(softest.measured == Approx(0.22));
  const auto unstable = test::measured(findings, "unstable_fraction").at(0);
  CHECK(unstable.axis.at(0).second == 6);
  CHECK(unstable.measured == Approx(0.25));
}

TEST_CASE("Findings of commitment: one pair of figures per group, whatever is known",
          "[unit][findings]") {
  verdict::Result result = narrow_classes(0, "1.2,1.3");
  REQUIRE(result.points.size() == 6);
  for (verdict::Point& point : result.points) {
    point.facts.clear();
    point.predictions.clear();
  }
  const auto findings = findings::analyse(result);
  CHECK(findings.figures.size() == 4);
  CHECK(findings.figures[0].name == "clone_probability_coupling = 1.2");
  CHECK(test::verdicts(findings, "clone_probability").empty());
  for (verdict::Point& point : result.points) test::unfinished(point);
  CHECK(findings::analyse(result).figures.empty());
}

TEST_CASE("Findings of commitment: a certain class is certain to rounding", "[unit][findings]") {
  verdict::Result result = narrow_classes(0);
  for (verdict::Point& point : result.points) {
    test::put_sampled(point, observable::class_identity, {2e-14}, 1e-15);
  }
  for (const verdict::Verdict& row : findings::analyse(result).verdicts) {
    INFO(row.quantity);
    CHECK(row.agrees());
  }
}

}  // namespace symbreak::findings::commitment
