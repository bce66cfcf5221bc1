#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

using namespace symbreak::verdict;

namespace {
Verdict verdict(double measured, double error, double predicted, double predicted_error) {
  Verdict row;
  row.measured = measured;
  row.error = error;
  row.predicted = predicted;
  row.predicted_error = predicted_error;
  return row;
}
}  // namespace

TEST_CASE("a verdict weighs the deviation with both errors", "[verdict]") {
  CHECK(verdict(1.5, 0.3, 1, 0.4).z() == Approx(1));
  CHECK(verdict(0.5, 0.3, 1, 0.4).z() == Approx(-1));
  CHECK(verdict(1.29, 0.1, 1, 0).agrees());
  CHECK_FALSE(verdict(1.31, 0.1, 1, 0).agrees());
  CHECK_FALSE(verdict(0.69, 0.1, 1, 0).agrees());
  CHECK(verdict(1, 0, 1, 0).z() == 0);
  CHECK(verdict(1, 0, 1, 0).agrees());
  CHECK_FALSE(verdict(1, 0, 1 + 1e-12, 0).agrees());
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Verdict& row : {verdict(nan, 1, 1, 0), verdict(1, nan, 2, 0), verdict(1, 1, nan, 0),
                             verdict(1, 0.1, 2, INFINITY)}) {
    CHECK(row.outcome() == Verdict::Outcome::none);
    CHECK_FALSE(row.agrees());
    CHECK_FALSE(row.disagrees());
    CHECK(std::isnan(row.z()));
    CHECK_FALSE(row.why_none().empty());
  }
}

TEST_CASE("few degrees of freedom: z is the normal deviate that is as rare", "[verdict]") {
  Verdict row = verdict(1 + 9.925, 1, 1, 0);
  row.dof = 2;  // P(|t_2| > 9.925) = .01 (tables of Student's law), P(|z| > 2.5758) = .01
  CHECK(row.z() == Approx(2.5758).epsilon(1e-4));
  row.measured = 1 - 9.925;
  CHECK(row.z() == Approx(-2.5758).epsilon(1e-4));
  CHECK(row.agrees());
  row = verdict(73.5, 1, 1, 0);  // two replicas never make a 72 sigma "no"
  row.dof = 1;
  CHECK(row.agrees());
  row.measured = 1 + 236;  // P(|t_1| > 235.8) = .0027
  CHECK(row.disagrees());
  row.dof = 0;
  CHECK(row.outcome() == Verdict::Outcome::none);
  // Welch: 3 and 12 degrees of freedom, errors 1 and 2: 25/(1/3 + 16/12) = 15.
  row = verdict(1, 1, 2, 2);
  row.dof = 3, row.predicted_dof = 12;
  CHECK(row.combined_dof() == Approx(15));
  // An exact prediction adds none; rare beyond doubles.
  row = verdict(1e6, 1, 0, 0);
  row.dof = 100;
  CHECK(row.z() > 30);
  CHECK(std::isfinite(row.z()));
}

TEST_CASE("chi^2 per point has the tail of chi^2", "[verdict]") {
  // P(chi^2_5 > 15.086) = .01 (tables), one tail: z = 2.3263.
  Verdict row{.measured = 15.086 / 5, .predicted = 1, .squares = 5};
  CHECK(row.z() == Approx(2.3263).epsilon(1e-4));
  row.measured = 0.554298 / 5;  // P(chi^2_5 < .5543) = .01
  CHECK(row.z() == Approx(-2.3263).epsilon(1e-4));
  row.measured = 1e4;
  CHECK(row.z() > 100);
  CHECK(row.disagrees());
  row.measured = std::nan("");
  CHECK(row.outcome() == Verdict::Outcome::none);
}

TEST_CASE("a point answers for its keys", "[verdict]") {
  Point point;
  point.parameters = {{"experiment.t", "0.25"}, {"target.weights", "0.2, 0.8"}};
  point.predictions = {{PredictionName{"critical_time"}, 1.0, "theory"}};
  CHECK(point.number("experiment.t") == 0.25);
  CHECK(point.numbers("target.weights") == std::vector<double>{0.2, 0.8});
  CHECK_THROWS_WITH(point.number("experiment.x"), Catch::Contains("experiment.x"));
  CHECK(point.prediction(PredictionName{"critical_time"}) == 1.0);
  CHECK_FALSE(point.prediction(PredictionName{"exponent_beta"}));
  CHECK(point.find(ObservableName{"nothing"}) == nullptr);
}

TEST_CASE("what is not a number is warned of, point by point", "[verdict]") {
  Result result;
  result.points.resize(3);
  for (Point& point : result.points) {
    Observable& sampled = point.observables["energy"];
    sampled.estimate.mean = Eigen::VectorXd::Constant(2, 1);
    Observable& solved = point.observables["branch"];
    solved.origin = Origin::deterministic;
    solved.estimate.mean = Eigen::VectorXd::Constant(1, NAN);
  }
  Findings none;
  warn_of_non_numbers(result, none);
  CHECK(none.diagnostics.empty());
  for (Point& point : result.points) point.observables["energy"].estimate.mean[1] = NAN;
  result.points[2].observables.clear();
  Findings found;
  warn_of_non_numbers(result, found);
  REQUIRE(found.diagnostics.size() == 1);
  CHECK(found.diagnostics[0].severity == Severity::warning);
  CHECK(found.diagnostics[0].subject == "energy");
  CHECK_THAT(found.diagnostics[0].text, Catch::Contains("2 of 3 points"));
}

TEST_CASE("an unfinished run, and predictions that nothing was compared with, are warned of",
          "[verdict]") {
  const auto subjects = [](const Result& result, const std::vector<Verdict>& verdicts) {
    Findings findings;
    findings.verdicts = verdicts;
    warn_of_what_is_missing(result, findings);
    std::vector<std::string> found;
    for (const Diagnostic& diagnostic : findings.diagnostics) {
      CHECK(diagnostic.severity == Severity::warning);
      found.push_back(diagnostic.subject);
    }
    return found;
  };
  using Subjects = std::vector<std::string>;
  const Verdict judged = verdict(1, 0.1, 1, 0);
  Verdict single = judged;
  single.error = std::nan("");
  Result result;
  result.points.resize(3);
  CHECK(subjects(result, {}).empty());  // nothing was predicted
  result.points[1].predictions = {{PredictionName{"critical_time"}, 1.0, "theory"}};
  CHECK(subjects(result, {judged}).empty());
  CHECK(subjects(result, {judged, single}).empty());
  CHECK(subjects(result, {}) == Subjects{"no verdict"});
  CHECK(subjects(result, {single}) == Subjects{"no verdict"});
  result.points[2].complete = false;
  CHECK(subjects(result, {judged}) == Subjects{"unfinished"});
  CHECK(subjects(result, {}) == Subjects{"unfinished"});
}
