// Findings of clones: results made by hand from phi(G) of two equal classes.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/speciation/observables.hpp"
#include "analysis/theory/information.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::speciation {

namespace {

constexpr double kSamples = 1e6;

/// G = 1/s, so that clones part at s = t = 1. The first clone of every second point is one binomial
/// error too high, of the others one too low: chi^2/n = 1 by construction. `stretch`: times the
/// noise at which the clones were really run.
verdict::Result clones(double stretch = 1) {
  verdict::Result result =
      test::hand_made("speciation", {"experiment.t=0.5,0.6,0.75,0.9,1.1,1.3,1.6,2"});
  double sign = 1;
  for (verdict::Point& point : result.points) {
    const double t = point.number("experiment.t"), exact = theory::clone_probability(1 / t);
    const double binomial = std::sqrt(exact * (1 - exact) / kSamples);
    point.facts = {{branching::fact::time, t, "clock"},
                   {branching::fact::noise, t, "s"},
                   {branching::fact::samples, kSamples, "trajectories"}};
    point.predictions = {{branching::prediction::clone_probability, exact, "phi(G)"},
                         {branching::prediction::speciation_time_clone, 1, "G = 1"}};
    test::put_sampled(point, observable::clone_probability,
                      {theory::clone_probability(1 / (t * stretch)) + sign * binomial}, 0.01);
    test::put_sampled(point, branching::observable::clone_probability_exact, {exact}, 0.01);
    test::put_sampled(point, observable::clone_identity, {0}, 0.01);
    const double error = point.at(observable::clone_identity).error();
    test::put_sampled(point, observable::clone_identity, {sign * error}, 0.01);
    sign = -sign;
  }
  return result;
}

}  // namespace

TEST_CASE("Clones that follow phi(G) part at G = 1", "[unit][findings]") {
  const verdict::Findings found = findings::analyse(clones());
  REQUIRE(found.verdicts.size() == 3);
  for (const char* quantity : {"clone_probability", "clone_identity"}) {
    const auto rows = test::verdicts(found, quantity);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].measured == Approx(1).epsilon(.02));  // Student of 63 degrees
    CHECK(rows[0].predicted == 1);
    CHECK(rows[0].predicted_error == Approx(std::sqrt(2.0 / 8)));
    CHECK(rows[0].agrees());
  }
  const auto time = test::verdicts(found, "speciation_time").at(0);
  CHECK(time.predicted == 1);
  CHECK(time.agrees());
  CHECK(time.measured == Approx(1).margin(0.01));
  CHECK(time.error > 0);
  CHECK(time.error < 0.005);
  REQUIRE(found.figures.size() == 1);
  CHECK(found.figures[0].curves.size() == 3);
  REQUIRE(found.figures[0].vertical_lines.size() == 1);
  CHECK(found.figures[0].vertical_lines[0].first == 1);
}

TEST_CASE("Clones run at another noise are told", "[unit][findings]") {
  const verdict::Findings found = findings::analyse(clones(1.05));
  CHECK_FALSE(test::verdicts(found, "clone_probability").at(0).agrees());
  const auto time = test::verdicts(found, "speciation_time").at(0);
  CHECK(time.measured == Approx(1 / 1.05).margin(0.01));
  CHECK_FALSE(time.agrees());
}

TEST_CASE("A published curve is judged by its binomial errors", "[unit][findings]") {
  verdict::Result result = clones();
  const double pairs = 10000;
  const bool right = GENERATE(true, false);
  // The last point expects fewer than ten pairs that part: it has no Gaussian error.
  const std::vector<double> times = {2, 1, 0.5, 0.01};
  std::vector<double> exact, value;
  for (const double t : times) {
    const double p = theory::clone_probability(1 / t), error = std::sqrt(p * (1 - p) / pairs);
    exact.push_back(p);
    value.push_back(p + (right ? 1 : 5) * error);
  }
  result.points[0].facts.emplace_back(fact::published_time, times, "file");
  result.points[0].facts.emplace_back(fact::published_clone, value, "file");
  result.points[0].facts.emplace_back(fact::published_pairs, pairs, "pairs");
  result.points[0].predictions.emplace_back(prediction::published_theory, exact, "phi(G)");
  const verdict::Findings found = findings::analyse(result);
  const auto row = test::verdicts(found, "published_clone_probability").at(0);
  CHECK(row.measured == Approx(right ? 1 : 25));
  CHECK(row.predicted_error == Approx(std::sqrt(2.0 / 3)));
  CHECK(row.agrees() == right);
  REQUIRE(found.figures[0].curves.size() == 4);
  CHECK(found.figures[0].curves[3].x == times);
}

TEST_CASE("Clones without a posterior, without phi(G), and too few", "[unit][findings]") {
  verdict::Result result = clones();
  for (verdict::Point& point : result.points) {
    point.observables.erase(observable::clone_identity.string());
    point.observables.erase(branching::observable::clone_probability_exact.string());
  }
  verdict::Findings found = findings::analyse(result);
  CHECK(test::verdicts(found, "clone_identity").empty());
  CHECK(test::verdicts(found, "speciation_time").size() == 1);
  CHECK(found.figures.at(0).curves.size() == 2);

  for (verdict::Point& point : result.points) point.predictions.clear();
  found = findings::analyse(result);
  CHECK(found.verdicts.empty());
  CHECK(found.figures.at(0).curves.size() == 1);

  result = clones();
  for (std::size_t i = 3; i < result.points.size(); ++i) test::unfinished(result.points[i]);
  found = findings::analyse(result);
  CHECK(test::verdicts(found, "speciation_time").empty());
  CHECK(test::verdicts(found, "clone_probability").size() == 1);
}

namespace {

/// Concentric classes of variances 1 and 2.25 whose clones part where v + s = amplitude d^power.
verdict::Result equal_means(double power) {
  verdict::Result result =
      test::hand_made("speciation", {"target.kind=gaussian_mixture", "target.m=0",
                                     "target.class_std=1,1.5", "target.dimension=64,256,1024,4096",
                                     "experiment.t=0.7,0.8,0.9,0.95,1.05,1.1,1.2,1.3"});
  for (verdict::Point& point : result.points) {
    // t: noise in units of that where G = 1.
    const double v = 1.625, d = point.number("target.dimension");
    const double parted = 1.25 / std::sqrt(8.0) * std::pow(d, power) - v;
    const double s = parted * point.number("experiment.t");
    const double G = std::pow((v + parted) / (v + s), 2), exact = theory::clone_probability(G);
    point.facts = {{branching::fact::time, s, "clock"},
                   {branching::fact::noise, s, "s"},
                   {branching::fact::samples, kSamples, "trajectories"},
                   {branching::fact::mean_variance, v, "of both"}};
    point.predictions = {{branching::prediction::clone_probability, exact, "quadrature"}};
    test::put_sampled(point, observable::clone_probability, {exact}, 0.01);
    test::put_sampled(point, branching::observable::clone_probability_exact, {exact}, 0.01);
    test::put_sampled(point, observable::clone_identity, {0}, 0.01);
  }
  return result;
}

}  // namespace

TEST_CASE("Classes of equal means part at a quarter of ln d", "[unit][findings]") {
  const auto right = test::verdicts(findings::analyse(equal_means(0.5)), "speciation_exponent");
  REQUIRE(right.size() == 1);
  CHECK(right[0].measured == Approx(0.25).margin(2e-3));
  CHECK(right[0].predicted == 0.25);
  CHECK(right[0].agrees());
  CHECK(right[0].point.empty());
  const auto wrong = test::verdicts(findings::analyse(equal_means(0.56)), "speciation_exponent");
  REQUIRE(wrong.size() == 1);
  CHECK_FALSE(wrong[0].agrees());
}

}  // namespace symbreak::findings::speciation
