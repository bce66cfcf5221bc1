// Findings of retrieval on hand-made results.
#include "analysis/findings/retrieval/observables.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/hand_made.hpp"

namespace symbreak::findings::retrieval {

namespace {

constexpr double kDimension = 16, kCapacity = 0.5;

verdict::Result result(std::vector<std::string> settings) {
  settings.insert(settings.begin(),
                  {"target.kind=synthetic_dataset", "target.dimension=16", "experiment.t=1"});
  verdict::Result made = test::hand_made("retrieval", settings);
  for (verdict::Point& point : made.points) {
    point.facts = {{fact::log_count, std::log(point.number("target.n")), "log N"},
                   {fact::dimension, kDimension, "d"}};
    point.predictions = {{prediction::capacity, kCapacity, "alpha_1"}};
  }
  return made;
}

/// E[w_1] at alpha: one half at `critical`.
double weight(double alpha, double critical) {
  return std::erfc((alpha - critical) * 4 / std::sqrt(2.0)) / 2;
}

const std::string kSizes = "target.n=500,1000,2000,4000,8000";

}  // namespace

TEST_CASE("The capacity is where the weight crosses one half, finite size taken off",
          "[unit][findings]") {
  auto made = result({kSizes});
  const auto put = [&](double theory, double measured) {
    for (verdict::Point& point : made.points) {
      const double alpha = *point.fact(fact::log_count) / kDimension;
      point.predictions.resize(1);
      point.predictions.push_back({prediction::retrieval_weight, weight(alpha, theory), "finite"});
      test::put_sampled(point, observable::true_weight, {weight(alpha, measured)}, 0.01);
    }
    return findings::analyse(made);
  };
  const verdict::Findings right = put(0.47, 0.47), wrong = put(0.47, 0.49);
  const auto rows = test::verdicts(right, "capacity");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].measured == Approx(kCapacity));
  CHECK(rows[0].predicted == kCapacity);
  CHECK(rows[0].error > 0);
  CHECK(rows[0].agrees());
  CHECK(test::verdicts(wrong, "capacity").at(0).measured == Approx(kCapacity + 0.02));
  CHECK_FALSE(test::verdicts(wrong, "capacity")[0].agrees());
  REQUIRE(right.figures.size() == 1);
  CHECK(right.figures[0].curves.size() == 2);
  CHECK(right.figures[0].vertical_lines.at(0).first == kCapacity);

  const verdict::Findings far = put(3, 3);  // no size near one half
  CHECK(far.verdicts.empty());
  REQUIRE(far.diagnostics.size() == 1);
  CHECK(far.diagnostics[0].severity == verdict::Severity::warning);
}

TEST_CASE("The crosstalk is judged in units of its exact mean", "[unit][findings]") {
  auto made = result({kSizes});
  const auto put = [&](double factor, double spread) {
    for (verdict::Point& point : made.points) {
      const double exact = std::exp(-*point.fact(fact::log_count));
      point.predictions = {{prediction::log_crosstalk, std::log(exact), "exact"}};
      test::put_sampled(point, observable::crosstalk, {factor * exact}, spread * exact);
    }
    return test::verdicts(findings::analyse(made), "crosstalk");
  };
  const auto right = put(1, 0.1), wrong = put(1.1, 0.1);
  REQUIRE(right.size() == 1);
  CHECK(right[0].measured == Approx(1));
  CHECK(right[0].detail == "5 points");
  CHECK(right[0].agrees());
  CHECK(wrong.at(0).measured == Approx(1.1));
  CHECK_FALSE(wrong[0].agrees());
  CHECK(put(1, 3).empty());  // means made by rare samples
}

TEST_CASE("Energies agree and never rise, but for rounding", "[unit][findings]") {
  auto made = result({"target.n=500"});
  const auto put = [&](double difference, double rise) {
    test::put_sampled(made.points[0], observable::energy_difference, {difference}, 1e-8);
    test::put_sampled(made.points[0], observable::energy_rise, {rise}, 1e-8);
    return findings::analyse(made).verdicts;
  };
  const auto right = put(1e-8, -0.1), wrong = put(-1e-4, 1e-4);
  REQUIRE(right.size() == 2);
  CHECK(right[0].quantity == "energy_difference");
  CHECK(right[0].measured == Approx(2e-8));
  CHECK(right[0].error == 1e-6);
  CHECK(right[1].quantity == "energy_rise");
  CHECK(right[1].measured == 0);
  for (const auto& row : right) CHECK(row.agrees());
  REQUIRE(wrong.size() == 2);
  for (const auto& row : wrong) {
    CHECK(row.measured == Approx(1e-4).epsilon(1e-3));
    CHECK_FALSE(row.agrees());
  }
  // Products of pixels up to 255 round by more; deviations count in units of |y|^2/d.
  test::put_sampled(made.points[0], observable::square, {1e4}, 1);
  for (const auto& row : put(-1e-4, 1e-4)) {
    CHECK(row.measured == Approx(1e-8).epsilon(1e-3));
    CHECK(row.agrees());
  }
  for (const auto& row : put(-1, 1)) CHECK_FALSE(row.agrees());
}

TEST_CASE("Basins are drawn against the overlap of the start", "[unit][findings]") {
  auto made = result({"target.n=500,1000", "experiment.overlap=0.9,0.3,0.6"});
  for (verdict::Point& point : made.points) {
    const double overlap = point.number("experiment.overlap");
    test::put_sampled(point, observable::retrieved, {overlap > 0.5 ? 1.0 : 0.0}, 0);
  }
  const verdict::Findings found = findings::analyse(made);
  REQUIRE(found.figures.size() == 1);
  CHECK(found.figures[0].name == "basin");
  REQUIRE(found.figures[0].curves.size() == 2);
  CHECK(found.figures[0].curves[0].label == "retrieved, n = 500");
  CHECK(found.figures[0].curves[0].x == std::vector<double>{0.3, 0.6, 0.9});
  CHECK(found.figures[0].curves[0].y == std::vector<double>{0, 1, 1});
}

TEST_CASE("Retrieval without observables or complete points has no verdicts", "[unit][findings]") {
  auto made = result({kSizes});
  CHECK(findings::analyse(made).verdicts.empty());
  for (verdict::Point& point : made.points) {
    test::put_sampled(point, observable::energy_rise, {1.0}, 0.1);
    test::unfinished(point);
  }
  CHECK(findings::analyse(made).verdicts.empty());
}

}  // namespace symbreak::findings::retrieval
