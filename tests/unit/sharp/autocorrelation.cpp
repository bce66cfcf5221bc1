// The sum over autocorrelations of a chain whose sum is known, to a few per cent.
#include "analysis/statistics/autocorrelation.hpp"

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/estimate.hpp"

using namespace symbreak::statistics;

namespace {

/// x' = rho x + sqrt(1 - rho^2) z: variance 1, C = (1 + rho)/(1 - rho).
Eigen::RowVectorXd autoregressive(double rho, Eigen::Index length, unsigned seed) {
  boost::random::mt19937 engine(seed);
  boost::random::normal_distribution<double> normal;
  Eigen::RowVectorXd chain(length);
  double x = normal(engine);
  for (double& sample : chain) {
    sample = x;
    x = rho * x + std::sqrt(1 - rho * rho) * normal(engine);
  }
  return chain;
}

}  // namespace

TEST_CASE("The long-run variance of AR(1) chains is (1 + rho)/(1 - rho)") {
  const double rho = GENERATE(0.3, 0.6);
  const LongRunVariance found =
      long_run_variance({autoregressive(rho, 200000, 1), autoregressive(rho, 200000, 2)});
  CHECK(found.window_found);
  CHECK(found.variance == Approx((1 + rho) / (1 - rho)).epsilon(0.03));  // three standard errors
  CHECK(found.degrees == Approx(400000 / (2 * static_cast<double>(found.window) + 1) - 2));
  CHECK(found.window >= 3);
}

TEST_CASE("tau_int, errors and effective samples of AR(1) chains by the formulas") {
  const double rho = 0.6, tau = 0.5 * (1 + rho) / (1 - rho);
  std::vector<Series> units;
  for (unsigned u = 0; u < 4; ++u) {
    Accumulator accumulator(1, 100000);
    for (const double x : autoregressive(rho, 100000, 10 + u)) accumulator.add(x);
    units.push_back(accumulator.finish());
  }
  REQUIRE(units[0].bin_size == 1);
  const Estimate e = combine(units, Grouping::replicas);
  CHECK(e.tau_int[0] == Approx(tau).epsilon(0.03));
  CHECK(e.error_binning[0] == Approx(std::sqrt(2 * tau / 400000)).epsilon(0.015));
  CHECK(e.tau_error[0] / e.tau_int[0] < 0.015);
  CHECK(e.tau_error[0] / e.tau_int[0] > 0.002);
  CHECK(e.dof[0] > 1000);
  CHECK(e.converged);
}
