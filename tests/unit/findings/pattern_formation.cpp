// Findings on final images: mosaics against the reference, order against the rate of the sweep.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/pattern_formation/observables.hpp"
#include "tests/hand_made.hpp"

namespace symbreak::findings::pattern_formation {

namespace {

/// <M^2> = .01 R^.7 with a corrector, (L/P)^2 <M^2> = `order` without.
verdict::Result images(const std::string& rates, double order) {
  verdict::Result result =
      test::hand_made("pattern_formation", {"target.kind=uniform_patches", "target.side=15",
                                            "target.patch=3", "experiment.corrector=" + rates});
  for (verdict::Point& point : result.points) {
    const double R = point.number("experiment.corrector");
    point.facts = {{fact::window, 9.0, "P^2"},
                   {fact::lattice_side, 15.0, "L"},
                   {fact::uniform_patches, 1.0, "yes"},
                   {fact::last_noise, 9e-4, "s"}};
    const double m2 = R > 0 ? 0.01 * std::pow(R, 0.7) : order / 25;
    test::put_sampled(point, observable::mosaic_order, {25 * m2}, 0.1 * m2);
    test::put_sampled(point, observable::final_magnetization_squared, {m2}, 0.004 * m2);
    // S(k) = 8/(1 + (2 sin(k/2) xi)^2), xi = 1.5: the second moment gives xi.
    std::vector<double> spectrum;
    for (int j = 0; j < 8; ++j) {
      spectrum.push_back(8 / (1 + std::pow(3 * std::sin(M_PI * j / 15), 2)));
    }
    test::put_sampled(point, observable::final_structure_axis, spectrum, 1e-4, {8});
    test::put_sampled(point, observable::final_structure_radial, spectrum, 1e-4, {8});
    test::put_sampled(point, observable::wall_density, {0.2}, 1e-3);
    test::put_sampled(point, observable::largest_domain, {0.6}, 1e-3);
    test::put_sampled(point, observable::domain_size_law, std::vector<double>(16, 0.0625), 1e-3,
                      {16});
    test::put_sampled(point, observable::snapshots, std::vector<double>(3 * 225, 0.5), 1e-3,
                      {3, 15, 15});
  }
  return result;
}

}  // namespace

TEST_CASE("Findings of pattern_formation: mosaics against the reference", "[unit][findings]") {
  const auto found = findings::analyse(images("0", 4.2));
  REQUIRE(found.verdicts.size() == 1);
  CHECK(found.verdicts[0].quantity == "mosaic_order");
  CHECK(found.verdicts[0].measured == Approx(4.2));
  CHECK(found.verdicts[0].predicted == Approx(4.2));
  CHECK(found.verdicts[0].agrees());
  REQUIRE(found.figures.size() == 3);
  const auto length = test::measured(found, "correlation_length", "second moment");
  REQUIRE(length.size() == 1);
  CHECK(length[0].measured == Approx(1.5).margin(0.005));
  CHECK(length[0].unit == "sites");
  CHECK_FALSE(findings::analyse(images("0", 6)).verdicts[0].agrees());
}

TEST_CASE("Findings of pattern_formation: order grows with slowness", "[unit][findings]") {
  const auto found = findings::analyse(images("0, 1, 3, 10, 30", 4.2));
  REQUIRE(found.verdicts.size() == 1);
  CHECK(found.verdicts[0].point.at("experiment.corrector") == "0");
  CHECK(found.diagnostics.empty());
  const auto power = test::measured(found, "exponent_rate");
  REQUIRE(power.size() == 2);  // and the published one
  CHECK(power[0].measured == Approx(0.7).margin(0.005));
  CHECK(power[1].criterion == "published");
  CHECK(found.figures.size() == 5 * 3 + 1);
  CHECK(found.figures.back().name == "order_by_rate");
}

TEST_CASE("Findings of pattern_formation: what is missing is left out", "[unit][findings]") {
  verdict::Result result = images("0, 1, 3, 10", 4.2);
  for (verdict::Point& point : result.points) {
    point.observables.erase(observable::mosaic_order.string());
    point.facts[0] = {fact::noise_unit, 9.0, "lambda_max"};
    point.facts[2].values[0] = 0;
  }
  CHECK(findings::analyse(result).verdicts.empty());
  CHECK(findings::analyse(result).diagnostics.size() == 1);
  for (verdict::Point& point : result.points) test::unfinished(point);
  CHECK(findings::analyse(result).figures.empty());
  for (verdict::Point& point : result.points) {
    point.complete = true;
    point.observables.clear();
  }
  CHECK(findings::analyse(result).figures.empty());
}

}  // namespace symbreak::findings::pattern_formation
