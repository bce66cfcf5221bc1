// The law of the random normals. Fixed seed; each check states its false-alarm rate.
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "sim/random/stream.hpp"

using symbreak::random::Stream;

namespace {

constexpr std::size_t count = std::size_t{1} << 22;

std::vector<double> sample() {
  std::vector<double> values(count);
  Stream({.seed = 1}).normals(values);
  return values;
}

/// Deviation of a sample mean from its exact value, in exact standard errors.
double sigmas(double measured, double exact, double variance) {
  return (measured - exact) / std::sqrt(variance / static_cast<double>(count));
}

/// sqrt(n) times the largest distance between the empirical and the exact distribution function.
double kolmogorov_smirnov(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const boost::math::normal law;
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double exact = boost::math::cdf(law, values[i]);
    distance = std::max(
        {distance, exact - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - exact});
  }
  return std::sqrt(n) * distance;
}

/// False alarm rate of kolmogorov_smirnov > 2.55: 2 exp(-2 * 2.55^2) = 4.5e-6.
constexpr double ks_limit = 2.55;

}  // namespace

TEST_CASE("Normals have the moments of a normal") {
  double moments[9] = {};
  for (const double z : sample()) {
    double power = 1;
    for (double& moment : moments) {
      moment += power / static_cast<double>(count);
      power *= z;
    }
  }
  const auto exact = [](int k) {  // (k-1)!!
    double value = k % 2 == 0 ? 1 : 0;
    for (int i = k - 1; i > 1; i -= 2) value *= i;
    return value;
  };
  for (int k = 1; k <= 8; ++k) {
    const double deviation = sigmas(moments[k], exact(k), exact(2 * k) - exact(k) * exact(k));
    INFO("moment " << k << ": measured " << moments[k] << ", exact " << exact(k) << ", "
                   << deviation << " sigma");
    CHECK(std::abs(deviation) < 5);  // false alarm 6e-7 each
  }
}

TEST_CASE("Both members of a pair follow the normal law and are independent") {
  const auto values = sample();
  std::vector<double> first, second;
  double correlation = 0, of_squares = 0;
  for (std::size_t i = 0; i < count; i += 2) {
    first.push_back(values[i]);
    second.push_back(values[i + 1]);
    correlation += values[i] * values[i + 1];
    of_squares += (values[i] * values[i] - 1) * (values[i + 1] * values[i + 1] - 1);
  }
  const double pairs = count / 2.0;
  CHECK(kolmogorov_smirnov(first) < ks_limit);
  CHECK(kolmogorov_smirnov(second) < ks_limit);
  CHECK(std::abs(correlation) < 5 * std::sqrt(pairs));     // false alarm 6e-7
  CHECK(std::abs(of_squares) < 5 * std::sqrt(4 * pairs));  // false alarm 6e-7
}

TEST_CASE("The Kolmogorov-Smirnov test sees a scale that is 1 % wrong") {
  auto values = sample();
  for (double& z : values) z *= 1.01;
  CHECK(kolmogorov_smirnov(values) > ks_limit);
}

TEST_CASE("Normals have the tails of a normal") {
  const auto values = sample();
  const boost::math::normal law;
  for (const double threshold : {2.0, 3.0, 4.0, 4.75}) {
    for (const double sign : {-1.0, 1.0}) {
      const auto beyond = static_cast<double>(std::count_if(
          values.begin(), values.end(), [&](double z) { return sign * z > threshold; }));
      const double expected =
          static_cast<double>(count) * boost::math::cdf(boost::math::complement(law, threshold));
      INFO("beyond " << sign * threshold << ": " << beyond << ", expected " << expected);
      // Five Poisson standard errors; false alarm below 1e-5 also at the 4 expected of the last.
      CHECK(std::abs(beyond - expected) < 5 * std::sqrt(expected) + 1);
    }
  }
}

TEST_CASE("Uniforms follow the uniform law") {
  std::vector<double> values(count);
  Stream({.seed = 2}).uniforms(values);
  std::sort(values.begin(), values.end());
  double distance = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double n = static_cast<double>(count), rank = static_cast<double>(i);
    distance = std::max({distance, values[i] - rank / n, (rank + 1) / n - values[i]});
  }
  CHECK(std::sqrt(static_cast<double>(count)) * distance < ks_limit);
}
