// Findings of U-turns: results made by hand from the exact relations of two deltas.
#include <catch2/catch.hpp>

#include "analysis/findings/u_turn/observables.hpp"
#include "analysis/theory/information.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::u_turn {

namespace {

constexpr double kSpread = 0.08;

/// Two deltas at +-1 in one dimension: G = q = 1/s, the overlap at the turn is E tanh.
verdict::Result exact_turns() {
  verdict::Result result = test::hand_made("u_turn", {"experiment.t=0.25,0.5,1,2"});
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t"), q = 1 / t;
    point.facts = {{fact::time, t, "clock"}, {fact::noise, t, "s"}, {fact::samples, 64.0, "n"}};
    point.predictions = {{prediction::clone_probability, theory::clone_probability(q), "phi(G)"}};
    test::put_sampled(point, observable::class_kept, {theory::clone_probability(q)}, kSpread);
    test::put_sampled(point, observable::class_identity, {0}, kSpread);
    test::put_sampled(point, observable::overlap_return, {theory::binary_overlap(q)}, kSpread);
    test::put_sampled(point, observable::overlap, {theory::binary_overlap(q)}, kSpread);
    test::put_sampled(point, observable::overlap_identity, {0}, kSpread);
    test::put_sampled(point, observable::returned, {theory::clone_probability(q)}, kSpread);
    test::put_sampled(point, observable::return_identity, {0}, kSpread);
  }
  return result;
}

}  // namespace

TEST_CASE("U-turns of an exact score agree with the posterior", "[unit][findings]") {
  const verdict::Result result = exact_turns();
  const verdict::Findings found = findings::analyse(result);
  CHECK(found.verdicts.size() == 4 * 3);
  for (const char* quantity : {"overlap_identity", "return_identity", "class_kept"}) {
    const auto rows = test::verdicts(found, quantity);
    REQUIRE(rows.size() == 4);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const verdict::Point& point = result.points[i];
      const bool kept = rows[i].quantity == "class_kept";
      CHECK(rows[i].agrees());
      CHECK(rows[i].error > 0);
      CHECK(rows[i].predicted ==
            (kept ? theory::clone_probability(1 / point.number("experiment.t")) : 0));
      CHECK(rows[i].point.at("experiment.t") == point.parameters.at("experiment.t"));
    }
  }
  REQUIRE(found.figures.size() == 1);
  REQUIRE(found.figures[0].curves.size() == 4);
  CHECK(found.figures[0].curves[0].x == std::vector<double>{0.25, 0.5, 1, 2});
  CHECK(found.figures[0].curves[2].error.empty());
  CHECK(found.figures[0].curves[1].y[3] == Approx(theory::binary_overlap(0.5)));
}

TEST_CASE("U-turns of a wrong score are told", "[unit][findings]") {
  verdict::Result result = exact_turns();
  test::put_sampled(result.points[1], observable::overlap_identity, {0.05}, kSpread);
  test::put_sampled(result.points[2], observable::class_kept, {0.9}, kSpread);
  const verdict::Findings found = findings::analyse(result);
  CHECK_FALSE(test::verdicts(found, "overlap_identity")[1].agrees());
  CHECK_FALSE(test::verdicts(found, "class_kept")[2].agrees());
  CHECK(test::verdicts(found, "overlap_identity")[0].agrees());
}

TEST_CASE("U-turns whose return is too rare to be met", "[unit][findings]") {
  // 64 samples of two walkers each: none returned, none lost its class.
  const auto agrees = [](double probability) {
    verdict::Result result = test::hand_made("u_turn", {"experiment.t=1", "sampling.walkers=2"});
    verdict::Point& point = result.points[0];
    point.facts = {{fact::time, 1.0, "clock"}, {fact::noise, 1.0, "s"}, {fact::samples, 64.0, "n"}};
    constexpr double kLittle = 1e-5;  // by which the probabilities of the states differ
    test::put_sampled(point, observable::overlap_return, {0.5}, kSpread);
    test::put_sampled(point, observable::overlap, {0.5}, kSpread);
    test::put_sampled(point, observable::overlap_identity, {0}, kSpread);
    test::put_sampled(point, observable::returned, {0}, 0);
    test::put_sampled(point, observable::return_identity, {-probability}, kLittle);
    test::put_sampled(point, observable::class_kept, {1}, 0);
    test::put_sampled(point, observable::class_identity, {probability}, kLittle);
    const verdict::Findings found = findings::analyse(result);
    const bool returns = test::verdicts(found, "return_identity").at(0).agrees();
    CHECK(test::verdicts(found, "class_identity").at(0).agrees() == returns);
    return returns;
  };
  CHECK(agrees(0.02));
  CHECK_FALSE(agrees(0.2));
}

TEST_CASE("U-turns without phi(G), without a posterior, and unfinished", "[unit][findings]") {
  verdict::Result result = exact_turns();
  for (verdict::Point& point : result.points) point.predictions.clear();
  const auto identity = test::verdicts(findings::analyse(result), "class_identity");
  REQUIRE(identity.size() == 4);
  CHECK(identity[0].agrees());
  CHECK(identity[0].predicted == 0);

  // A mere denoiser tells neither classes nor data from its posterior.
  for (verdict::Point& point : result.points) {
    for (const auto name :
         {observable::class_identity, observable::return_identity, observable::returned}) {
      point.observables.erase(name.string());
    }
  }
  test::unfinished(result.points[3]);
  const verdict::Findings found = findings::analyse(result);
  CHECK(found.verdicts.size() == 3);
  REQUIRE(found.figures.size() == 1);
  CHECK(found.figures[0].curves.size() == 3);
  CHECK(found.figures[0].curves[0].x.size() == 3);

  result.points.clear();
  CHECK(findings::analyse(result).figures.empty());
}

}  // namespace symbreak::findings::u_turn
