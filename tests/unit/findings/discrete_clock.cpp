// Findings of the clock of discrete channels on hand-made results.
#include "analysis/findings/discrete_clock/observables.hpp"

#include <catch2/catch.hpp>

#include "tests/hand_made.hpp"

namespace symbreak::findings::discrete_clock {

namespace {

/// `stretch` times what is known, at two levels.
verdict::Result result(double stretch) {
  verdict::Result made =
      test::hand_made("discrete_clock", {"target.kind=curie_weiss", "target.dimension=6",
                                         "target.coupling=1", "forward.channel=flip"});
  verdict::Point& point = made.points.front();
  const std::vector<double> known{2, 1}, part{.8, .6};
  point.facts = {{fact::noise, {.1, .3}, "p"}, {fact::time, {.2, .9}, "t"}};
  point.predictions = {{prediction::data_entropy, 3, "entropy"},
                       {prediction::conditional_entropy, known, "exact"},
                       {prediction::entropy_rate, known, "exact"},
                       {prediction::overlap, part, "exact"},
                       {prediction::clone_probability, {.8, .9999}, "exact"},
                       {prediction::sign_agreement, part, "exact"},
                       {prediction::critical_signal, .25, "lambda theta^2 = 1"}};
  const auto put = [&](verdict::ObservableName name, std::vector<double> values) {
    for (double& value : values) value *= stretch;
    test::put_sampled(point, name, values, 0.01, {2});
  };
  put(observable::conditional_entropy, known);
  put(observable::entropy_rate, known);
  put(observable::overlap, part);
  put(observable::clone_probability, {.8, 1});
  test::put_sampled(point, observable::entropy_produced, {3 * stretch}, 0.01);
  test::put_sampled(point, observable::overlap_identity, {stretch - 1, 1 - stretch}, 0.001, {2});
  return made;
}

}  // namespace

TEST_CASE("Levels are judged against the exact curve, and the sum rule", "[unit][findings]") {
  const verdict::Findings right = findings::analyse(result(1)),
                          wrong = findings::analyse(result(1.1));
  for (const char* quantity : {"conditional_entropy", "entropy_rate", "overlap"}) {
    const auto rows = test::verdicts(right, quantity), bad = test::verdicts(wrong, quantity);
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].axis.at(0) == std::pair<std::string, double>{"noise", .3});
    for (const auto& row : rows) CHECK(row.agrees());
    for (const auto& row : bad) CHECK_FALSE(row.agrees());
  }
  REQUIRE(test::verdicts(right, "entropy_produced").size() == 1);
  CHECK(test::verdicts(right, "entropy_produced")[0].agrees());
  CHECK_FALSE(test::verdicts(wrong, "entropy_produced")[0].agrees());
  CHECK_FALSE(test::verdicts(wrong, "overlap_identity")[0].agrees());
  // What is 1 but for rare states is told, not judged.
  CHECK(test::verdicts(right, "clone_probability").size() == 1);
  CHECK(test::measured(right, "clone_probability").size() == 1);
  CHECK(test::measured(right, "sign_agreement").size() == 2);
  CHECK(test::measured(right, "critical_noise", "signal").at(0).measured == .25);
  CHECK(right.figures.size() == 3);
}

TEST_CASE("Without an exact curve levels are told", "[unit][findings]") {
  verdict::Result made = result(1);
  made.points.front().predictions.clear();
  const verdict::Findings found = findings::analyse(made);
  CHECK(test::verdicts(found, "entropy_rate").empty());
  CHECK(test::measured(found, "entropy_rate").size() == 2);
  made.points.front().observables.clear();
  CHECK(findings::analyse(made).verdicts.empty());
}

}  // namespace symbreak::findings::discrete_clock
