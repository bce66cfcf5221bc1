// Findings of the random hierarchy model: thresholds known by construction.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "analysis/findings/random_hierarchy/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::random_hierarchy {

namespace {

constexpr double kThreshold = 0.3;

/// Class belief minus leaf belief is a straight line in p that vanishes at p* (limit + 2/v), and in
/// the recursion at p*.
verdict::Result beliefs(const std::string& vocabularies, double limit) {
  verdict::Result result = test::hand_made(
      "random_hierarchy", {"target.kind=random_hierarchy", "target.vocabulary=" + vocabularies,
                           "target.layers=2", "experiment.strength=lin(0.6,0.8,9)"});
  for (verdict::Point& point : result.points) {
    const double v = point.number("target.vocabulary"),
                 x = (0.7 - point.number("experiment.strength")) * 1.4;  // p/p* - 1
    const double p = kThreshold * (1 + x), slope = 0.4;
    point.facts = {{fact::leaf_belief, p, "1 - eps + eps/v"}};
    point.predictions = {{prediction::class_belief, p + slope * x, "F"},
                         {prediction::threshold, kThreshold, "F(p*) = p*"}};
    test::put_sampled(point, observable::belief, {p + slope * (x + 1 - limit - 2 / v), 0.5, p},
                      1e-3, {3});
    test::put_sampled(point, observable::recovered, {0.5, 0.6, 0.7}, 1e-3, {3});
  }
  return result;
}

}  // namespace

TEST_CASE("Recovery thresholds are extrapolated to many symbols", "[unit][findings]") {
  const std::string vocabularies = GENERATE(as<std::string>{}, "32,48,64", "32,48,64,128");
  const verdict::Findings found = findings::analyse(beliefs(vocabularies, 1));
  REQUIRE(found.verdicts.size() == 1);
  const verdict::Verdict& ratio = found.verdicts[0];
  CHECK(ratio.quantity == "recovery_threshold_ratio");
  CHECK(ratio.measured == Approx(1).epsilon(1e-9));
  CHECK(ratio.predicted == 1);
  CHECK(ratio.error > 0);
  CHECK(ratio.agrees());
  const auto slope = test::measured(found, "recovery_threshold_ratio", "coefficient of 1/v");
  CHECK(slope.at(0).measured == Approx(2).epsilon(1e-6));

  // Groups in the order of their keys as texts.
  const std::size_t groups = vocabularies.size() > 8 ? 4 : 3;
  const auto thresholds = test::measured(found, "recovery_threshold");
  REQUIRE(thresholds.size() == 2 * groups);  // each beside that of many symbols
  CHECK(thresholds[0].point.at("target.vocabulary") == (groups == 4 ? "128" : "32"));
  CHECK(thresholds[2 * groups - 2].measured == Approx(kThreshold * (1 + 2.0 / 64)).epsilon(1e-6));
  CHECK(thresholds[2 * groups - 1].measured == Approx(kThreshold).epsilon(1e-6));
  REQUIRE(found.figures.size() == groups);
  REQUIRE(found.figures[0].curves.size() == 4);
  CHECK(found.figures[0].curves[0].label == "class");
  CHECK(found.figures[0].curves[2].label == "leaves");
  CHECK(found.figures[0].curves[0].x.front() == 0.8);
}

TEST_CASE("A recovery threshold with another limit is told", "[unit][findings]") {
  const verdict::Verdict ratio = findings::analyse(beliefs("32,48,64", 1.02)).verdicts.at(0);
  CHECK(ratio.measured == Approx(1.02).epsilon(1e-9));
  CHECK_FALSE(ratio.agrees());
}

TEST_CASE("Beliefs without a threshold are drawn", "[unit][findings]") {
  CHECK(findings::analyse(beliefs("32,48", 1)).verdicts.empty());

  verdict::Result result = beliefs("32,48,64", 1);
  for (std::size_t i = 0; i < result.points.size(); ++i) result.points[i].complete = i < 4;
  CHECK(findings::analyse(result).diagnostics.empty());  // too few points
  CHECK(findings::analyse(result).figures.size() == 1);

  for (verdict::Point& point : result.points) {  // Gaussian noise
    point.complete = true;
    point.facts.clear();
    point.predictions.clear();
    point.parameters["experiment.noise"] = "gaussian";
  }
  const verdict::Findings found = findings::analyse(result);
  CHECK(found.verdicts.empty());
  REQUIRE(found.figures.size() == 3);
  CHECK(found.figures[0].x_label == "s");
  CHECK(found.figures[0].curves.size() == 3);
}

}  // namespace symbreak::findings::random_hierarchy
