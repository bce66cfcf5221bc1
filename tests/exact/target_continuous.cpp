// Sphere and Gaussian mixture against Bessel functions, closed forms and quadrature.
#include <boost/math/special_functions/bessel.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/sphere.hpp"
#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

TEST_CASE("Bessel ratio against Boost.Math, closed forms and limits") {
  for (const double d : {2.0, 3.0, 5.0, 8.0, 50.0, 101.0}) {
    for (const double kappa : {1e-6, 0.3, 2.0, 30.0, 150.0, 199.0, 201.0, 400.0, 650.0}) {
      const double nu = d / 2 - 1;
      const double lower = boost::math::cyl_bessel_i(nu, kappa);
      if (lower == 0) continue;  // Boost.Math underflows
      const double ratio = boost::math::cyl_bessel_i(nu + 1, kappa) / lower;
      INFO("d = " << d << ", kappa = " << kappa);
      CHECK(theory::bessel_ratio(d, kappa) == Approx(ratio).epsilon(3e-14));
      CHECK(theory::log_sphere_average(d, kappa) ==
            Approx(std::lgamma(d / 2) + nu * std::log(2 / kappa) + std::log(lower))
                .epsilon(1e-13)
                .margin(1e-13));
    }
  }
  // d = 3: coth kappa - 1/kappa and its slope 1/kappa^2 - 1/sinh^2 kappa, at any size.
  for (const double kappa : {0.5, 20.0, 1e3, 1e7, 1e12}) {
    const double slope = 1 / (kappa * kappa) - (kappa < 300 ? std::pow(std::sinh(kappa), -2) : 0);
    INFO("kappa = " << kappa);
    CHECK(theory::bessel_ratio(3, kappa) ==
          Approx(1 / std::tanh(kappa) - 1 / kappa).epsilon(1e-14));
    CHECK(theory::bessel_ratio_slope(3, kappa) == Approx(slope).margin(3e-16 / kappa));
  }
  // Both representations agree where they meet, in high dimension as well; d A/d kappa of large d:
  // A -> kappa/(nu + 1/2 + sqrt(...)) is smooth there.
  for (const double d : {784.0, 1e6}) {
    const double meet = std::sqrt(2400 * d / 2), eps = 1e-9;
    CHECK(theory::bessel_ratio(d, meet * (1 - eps)) ==
          Approx(theory::bessel_ratio(d, meet * (1 + eps))).epsilon(4e-9));
    CHECK(theory::log_sphere_average(d, meet * (1 - eps)) ==
          Approx(theory::log_sphere_average(d, meet * (1 + eps))).epsilon(4e-9));
    // Recurrence I_{nu-1} - I_{nu+1} = (2 nu/kappa) I_nu across the representations.
    for (const double kappa : {10.0, 0.9 * meet, 1.1 * meet, 1e7}) {
      const double a = theory::bessel_ratio(d, kappa), b = theory::bessel_ratio(d + 2, kappa);
      INFO("d = " << d << ", kappa = " << kappa);
      CHECK(1 / a - b == Approx(d / kappa).epsilon(1e-12).margin(1e-12));
    }
  }
  CHECK(theory::bessel_ratio(7, 0) == 0);
  CHECK(theory::bessel_ratio_slope(7, 0) == Approx(1.0 / 7));
}

TEST_CASE("Sphere: critical noise, self-consistent magnetization") {
  const auto sphere = test::make_target("sphere", {{"dimension", "3"}, {"radius", "2"}});
  CHECK(sphere->critical_noise().value() == Approx(4.0 / 3).epsilon(1e-15));
  CHECK(theory::sphere_magnetization(3, 2, 4.0 / 3) == 0);
  const double m = theory::sphere_magnetization(3, 2, 1);
  const VectorXd x = m * Eigen::Vector3d(2, -1, 2) / 3;
  CHECK((sphere->averages(x, VectorXd::Ones(1)).mean - x).norm() < 1e-13);
}

TEST_CASE("Gaussian mixture: posterior in one dimension by direct integration") {
  const auto mixture = test::make_target(
      "gaussian_mixture", {{"m", "1.2"}, {"class_std", "0.5, 0.9"}, {"weights", "3, 1"}});
  const double x = 0.3, beta = 1.7, step = 1e-3;
  double norm = 0, first = 0, second = 0, plus = 0;
  for (double y = -12; y < 12; y += step) {
    const double a = 0.75 / 0.5 * std::exp(-std::pow((y - 1.2) / 0.5, 2) / 2);
    const double b = 0.25 / 0.9 * std::exp(-std::pow((y + 1.2) / 0.9, 2) / 2);
    const double tilt = step / std::sqrt(2 * M_PI) * std::exp(beta * (x * y - y * y / 2));
    norm += (a + b) * tilt;
    first += y * (a + b) * tilt;
    second += y * y * (a + b) * tilt;
    plus += a * tilt;
  }
  const double mean = first / norm, variance = second / norm - mean * mean;
  const VectorXd betas = VectorXd::Constant(1, beta), state = VectorXd::Constant(1, x);
  const auto posterior = mixture->averages(state, betas);
  CHECK(posterior.mean(0, 0) == Approx(mean).epsilon(1e-12));
  CHECK(posterior.log_partition[0] == Approx(std::log(norm)).epsilon(1e-12));
  CHECK(mixture->jacobian_product(state, betas, VectorXd::Ones(1))(0, 0) ==
        Approx(beta * variance).epsilon(1e-12));
  CHECK(mixture->class_probabilities(state, betas)(0, 0) == Approx(plus / norm).epsilon(1e-12));
}

TEST_CASE("Gaussian mixture: critical noise of two symmetric classes is mu^2 - s^2") {
  const auto noise = [](const test::Settings& settings) {
    return test::make_target("gaussian_mixture", settings)->critical_noise();
  };
  const test::Settings base{{"dimension", "16"}, {"m", "0.5"}, {"std", "0.7"}};
  CHECK(noise(base).value() == Approx(16 * 0.25 - 0.49).epsilon(1e-14));
  test::Settings wide = base, unequal = base;
  wide["std"] = "2";
  unequal["weights"] = "0.8, 0.2";
  CHECK_FALSE(noise(wide));     // the within-class noise hides the classes: never bifurcates
  CHECK_FALSE(noise(unequal));  // no symmetry to break
}

TEST_CASE("Gaussian mixture: classes of clean states, point masses included") {
  const auto mixture =
      test::make_target("gaussian_mixture", {{"dimension", "2"}, {"class_std", "0, 1"}});
  MatrixXd y(2, 3);
  y << 1, 1.1, -1,  //
      1, 1, -1;
  CHECK(mixture->classify(y) == std::vector<Index>{0, 1, 1});
}
