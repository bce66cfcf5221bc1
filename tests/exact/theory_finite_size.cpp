// Laws of finite size against exact quadrature, and peaks of entropy rates against reference
// values.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/levels/condensation.hpp"
#include "tests/exact/gaussian_levels.hpp"

using namespace symbreak::theory;
using symbreak::test::gaussian_levels;

TEST_CASE("Finite-size laws of the random-energy model approach the exact averages") {
  const auto L = [](int M) { return M * std::log(2.0); };
  // E[Y] sqrt(pi L) at a = 1 falls to 1 like 1/L: 1.0991, 1.0415, 1.01432 at M = 10, 100, 1000.
  CHECK(rem_participation_critical(1, 1) == Approx(1 / std::sqrt(M_PI)));
  CHECK(gaussian_levels(1, L(10)).participation() / rem_participation_critical(1, L(10)) ==
        Approx(1.0991).epsilon(1e-4));
  CHECK(gaussian_levels(1, L(100)).participation() / rem_participation_critical(1, L(100)) ==
        Approx(1.0415).epsilon(1e-4));
  CHECK(gaussian_levels(1, L(1000)).participation() / rem_participation_critical(1, L(1000)) ==
        Approx(1.01432).epsilon(1e-5));
  // The window: same z at growing size.
  const auto window = [&](int M, double z) {
    const double a = 1 + z / std::sqrt(2 * L(M));
    return gaussian_levels(a, L(M)).participation() / rem_participation_critical(a, L(M));
  };
  CHECK(std::abs(window(1000, -1) - 1) < std::abs(window(100, -1) - 1));
  CHECK(window(1000, -1) == Approx(1).epsilon(0.05));
  // Condensed phase: the correction removes the 1/L error.
  const double exact = gaussian_levels(2, L(100)).participation();
  CHECK(rem_participation_condensed(2, L(100)) == Approx(exact).epsilon(2e-3));
  CHECK(std::abs(rem_participation_condensed(2, L(100)) - exact) <
        0.2 * std::abs(rem_participation_limit(2) - exact));
  const double mean = gaussian_levels(2, L(1000)).participation();
  CHECK(gaussian_levels(2, L(1000)).participation_square() - mean * mean ==
        Approx(rem_participation_variance_limit(2)).epsilon(0.02));
  CHECK(rem_participation_limit(2) == Approx(0.5));
  CHECK(rem_participation_limit(0.9) == 0);
  CHECK(rem_planted_critical(L(100)) ==
        Approx(gaussian_levels(1, L(100)).planted_weight()).epsilon(2e-3));
  CHECK(rem_planted_law(1.05, L(1000)) ==
        Approx(gaussian_levels(1.05, L(1000)).planted_weight()).epsilon(0.02));
}

TEST_CASE(
    "Unplanted condensation on the sphere, inserting the typical norm, is the planted collapse") {
  const double alpha = 0.1, s = 1.3;
  const double collapse = collapse_noise(DataLaw::sphere, alpha, s * s);
  const double rho = std::sqrt(s * s + collapse);
  CHECK(sphere_condensation_noise(alpha, s, rho) == Approx(collapse).epsilon(1e-12));
  // alpha -> 0: s |x|/sqrt(2 L) with |x|^2 = d rho^2, L = alpha d.
  CHECK(sphere_condensation_noise(1e-4, s, 2) == Approx(s * 2 / std::sqrt(2e-4)).epsilon(3e-4));
}

TEST_CASE("A vanishing class bit leaves the Gaussian collapse, a sure one adds log 2") {
  const double d = 64, L = std::log(1000.0);
  CHECK(two_class_collapse_noise(L, d, 1, 1e-12) ==
        Approx(collapse_noise(DataLaw::gaussian, L / d, 1)).epsilon(1e-10));
  CHECK(two_class_collapse_noise(L, d, 1, 1e6) ==
        Approx(collapse_noise(DataLaw::gaussian, (L - std::log(2.0)) / d, 1)).epsilon(1e-10));
}

TEST_CASE("Entropy rate of two deltas peaks where the clock says") {
  CHECK(entropy_rate_peak(0) == Approx(1.508330629).epsilon(1e-7));
  CHECK(entropy_rate_peak(0.5) == Approx(2.412648896).epsilon(1e-7));
  CHECK(entropy_rate_peak(1) == Approx(3.348668169).epsilon(1e-7));
}

TEST_CASE("Loss of a Gaussian late start") {
  CHECK(late_start_divergence(.25) == Approx(1.50293472e-4).epsilon(1e-8));
  CHECK(late_start_divergence(1) == Approx(9.742769933e-3).epsilon(1e-9));
  CHECK(late_start_divergence(5) == Approx(.237145353520).epsilon(1e-11));
}
