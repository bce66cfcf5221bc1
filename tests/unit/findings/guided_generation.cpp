#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/guided_generation/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::guided_generation {

namespace {

verdict::Result guided(double off = 0, bool known = true) {
  verdict::Result result = test::hand_made(
      "guided_generation", {"target.kind=gaussian_mixture", "experiment.weight=0,1,3"});
  for (verdict::Point& point : result.points) {
    const double w = point.number("experiment.weight");
    point.facts = {{fact::signal, 1.0, "G"},
                   {fact::noise, std::vector<double>{2.0, 1.0}, "s"},
                   {fact::weight, std::vector<double>{w, w}, "w"}};
    if (known) {
      point.predictions = {{prediction::shift, w / 10, "theory"},
                           {prediction::variance, 1 - w / 10, "theory"},
                           {prediction::purity, .9, "theory"},
                           {prediction::class_fraction, .95, "theory"}};
    }
    test::put_sampled(point, observable::shift, {w / 10 + off}, 1e-2);
    test::put_sampled(point, observable::variance, {1 - w / 10 + off}, 1e-2);
    test::put_sampled(point, observable::spread, {1}, 1e-2);
    test::put_sampled(point, observable::purity, {.9 + off}, 1e-2);
    test::put_sampled(point, observable::class_fraction, {.95 + off}, 1e-2);
    test::put_sampled(point, observable::energy_distance, {w + off}, 1e-2);
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of guided_generation: theory where it is known, distance 0 without guidance",
          "[unit][findings]") {
  const auto findings = findings::analyse(guided());
  for (const auto* quantity : {"guided_shift", "guided_variance", "purity", "class_fraction"}) {
    INFO(quantity);
    CHECK(test::verdicts(findings, quantity).size() == 3);
  }
  CHECK(test::verdicts(findings, "energy_distance").size() == 1);
  CHECK(test::measured(findings, "energy_distance").size() == 2);
  for (const verdict::Verdict& row : findings.verdicts) CHECK(row.agrees());
  REQUIRE(findings.figures.size() == 2);
  CHECK(findings.figures[0].curves.size() == 2);
}

TEST_CASE("Findings of guided_generation: other numbers fail", "[unit][findings]") {
  for (const verdict::Verdict& row : findings::analyse(guided(.02)).verdicts) {
    INFO(row.quantity);
    CHECK_FALSE(row.agrees());
  }
}

TEST_CASE("Findings of guided_generation: classes without a theory are measured",
          "[unit][findings]") {
  const auto findings = findings::analyse(guided(0, false));
  CHECK(findings.verdicts.size() == 1);  // the distance at w = 0
  CHECK(test::measured(findings, "guided_shift").size() == 3);
}

namespace {

/// Shift A - 1 = .1 + .5/d + off, committed at e = 3 + 6/d, v = 1.
verdict::Result many(double off = 0) {
  verdict::Result result = test::hand_made(
      "guided_generation", {"target.kind=random_classes", "target.rate=0.3",
                            "target.others=annealed", "target.dimension=10,20,40,80"});
  for (verdict::Point& point : result.points) {
    const double d = point.number("target.dimension");
    point.facts = {{fact::signal, d, "G"},
                   {fact::noise, std::vector<double>{8.0, 1.0}, "s"},
                   {fact::weight, std::vector<double>{1.0, 1.0}, "w"},
                   {fact::rate, .3, "alpha"},
                   {fact::within, 1.0, "v"}};
    point.predictions = {{prediction::limit_shift, .1, "limit"},
                         {prediction::limit_spread, .9, "limit"},
                         {prediction::condensation_noise, 2.0, "limit"},
                         {prediction::condensation_finite, 2.0 + 6 / d, "finite"}};
    std::vector<double> s, p;
    for (double e = 6; e > 2.2; e /= 1.04) {
      s.push_back(e - 1);
      p.push_back(1 / (1 + std::exp(d / 10 * std::log(e / (3 + 6 / d + off)))));
    }
    point.facts.push_back({fact::followed, s, "levels"});
    test::put_sampled(point, observable::shift, {(.1 + .5 / d + off) * std::sqrt(d)}, 1e-2);
    test::put_sampled(point, observable::variance, {1}, 1e-2);
    test::put_sampled(point, observable::spread, {.9 - 1 / d + off}, 1e-3);
    test::put_sampled(point, observable::purity, {.9}, 1e-2);
    test::put_sampled(point, observable::class_fraction, {.95}, 1e-2);
    test::put_sampled(point, observable::committed, p, 1e-3, {static_cast<Eigen::Index>(p.size())});
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of guided_generation: many classes are extrapolated to their limit",
          "[unit][findings]") {
  const auto findings = findings::analyse(many());
  for (const auto* quantity : {"shift_limit", "spread_limit"}) {
    INFO(quantity);
    REQUIRE(test::verdicts(findings, quantity).size() == 1);
    CHECK(test::verdicts(findings, quantity)[0].agrees());
  }
  const auto sizes = test::measured(findings, "finite_size");
  REQUIRE(sizes.size() == 2);
  CHECK(sizes[0].measured == Approx(.5).epsilon(.1));
  // At e = 3 + 6/d, and the limit.
  const auto noises = test::verdicts(findings, "condensation_noise");
  REQUIRE(noises.size() == 4);
  CHECK(noises[0].measured == Approx(2.6).epsilon(1e-2));
  for (const auto& row : noises) CHECK(row.agrees());
  CHECK(test::measured(findings, "condensation_noise").at(0).measured == 2);
  CHECK_FALSE(test::verdicts(findings::analyse(many(.05)), "condensation_noise")[3].agrees());
  for (const auto* quantity : {"shift_limit", "spread_limit"}) {
    CHECK_FALSE(test::verdicts(findings::analyse(many(.05)), quantity)[0].agrees());
  }
}

}  // namespace symbreak::findings::guided_generation
