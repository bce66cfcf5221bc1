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
  CHECK_FALSE(verdict(nan, 1, 1, 0).agrees());
  CHECK_FALSE(verdict(1, nan, 2, 0).agrees());
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
