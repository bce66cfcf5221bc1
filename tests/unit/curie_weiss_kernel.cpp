// The exact Curie-Weiss posterior against enumeration, closed forms and a recursion over the number
// of up spins.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "sim/kernel/spins/curie_weiss.hpp"
#include "sim/random/stream.hpp"

using symbreak::kernel::curie_weiss_mean;

namespace {

std::vector<double> random_field(std::size_t d, double scale, std::uint32_t replica) {
  std::vector<double> field(d);
  symbreak::random::Stream({.seed = 5, .replica = replica}).normals(field);
  for (double& h : field) h *= scale;
  return field;
}

struct Exact {
  double log_partition;
  std::vector<double> mean;
};

/// All 2^d states, in long double.
Exact enumerate(double K, const std::vector<double>& field) {
  const std::size_t d = field.size();
  std::vector<long double> energies(std::size_t{1} << d);
  for (std::size_t state = 0; state < energies.size(); ++state) {
    long double total = 0, energy = 0;
    for (std::size_t i = 0; i < d; ++i) {
      const int spin = state >> i & 1 ? 1 : -1;
      total += spin;
      energy += spin * static_cast<long double>(field[i]);
    }
    energies[state] = energy + K * total * total / (2 * static_cast<long double>(d));
  }
  const long double top = *std::max_element(energies.begin(), energies.end());
  long double sum = 0;
  std::vector<long double> moments(d, 0);
  for (std::size_t state = 0; state < energies.size(); ++state) {
    const long double weight = std::exp(energies[state] - top);
    sum += weight;
    for (std::size_t i = 0; i < d; ++i) moments[i] += state >> i & 1 ? weight : -weight;
  }
  Exact exact{static_cast<double>(top + std::log(sum)), std::vector<double>(d)};
  for (std::size_t i = 0; i < d; ++i) exact.mean[i] = static_cast<double>(moments[i] / sum);
  return exact;
}

/// O(d^2): the law of the number n of up spins. With p_n the elementary symmetric sums of
/// e^{2 field}, W(n) = e^{K (2n-d)^2/2d} and the sums without site i by the backward and forward
/// products, <y_i> = 1 - 2 P(y_i = -1). Long double and scaled fields keep it exact enough.
Exact recursion(double K, const std::vector<double>& field) {
  const std::size_t d = field.size();
  using Row = std::vector<long double>;
  const auto coupling = [&](std::size_t up) {
    const long double total = 2.0L * static_cast<long double>(up) - static_cast<long double>(d);
    return std::exp(K * (total * total - static_cast<long double>(d * d)) /
                    (2 * static_cast<long double>(d)));
  };
  const auto up_probability = [&](std::size_t i) { return 1 / (1 + std::exp(-2.0L * field[i])); };
  // prefix[i][n]: n of the first i independent spins up.
  std::vector<Row> prefix(d + 1, Row(d + 1, 0));
  prefix[0][0] = 1;
  for (std::size_t i = 0; i < d; ++i) {
    const long double p = up_probability(i);
    for (std::size_t n = 0; n <= i; ++n) {
      prefix[i + 1][n + 1] += p * prefix[i][n];
      prefix[i + 1][n] += (1 - p) * prefix[i][n];
    }
  }
  // weight[n]: expectation of the coupling given n up among the sites before i (from the end).
  Row weight(d + 1);
  for (std::size_t n = 0; n <= d; ++n) weight[n] = coupling(n);
  Exact exact{0, std::vector<double>(d)};
  long double sum = 0;
  for (std::size_t n = 0; n <= d; ++n) sum += prefix[d][n] * weight[n];
  for (std::size_t i = d; i-- > 0;) {
    const long double p = up_probability(i);
    long double up = 0, down = 0;
    for (std::size_t n = 0; n <= i; ++n) {
      up += prefix[i][n] * p * weight[n + 1];
      down += prefix[i][n] * (1 - p) * weight[n];
      weight[n] = p * weight[n + 1] + (1 - p) * weight[n];
    }
    exact.mean[i] = static_cast<double>((up - down) / (up + down));
  }
  long double log_partition = std::log(sum) + K * static_cast<long double>(d) / 2;
  for (const double h : field) {
    log_partition += std::abs(h) + std::log1p(std::exp(-2.0L * std::abs(h)));
  }
  exact.log_partition = static_cast<double>(log_partition);
  return exact;
}

/// Largest error of the means; that of log Z relative to max(1, |log Z|).
double error(double K, const std::vector<double>& field, const Exact& exact) {
  std::vector<double> mean(field.size());
  const double log_partition = curie_weiss_mean(K, field, mean);
  double worst =
      std::abs(log_partition - exact.log_partition) / std::max(1.0, std::abs(exact.log_partition));
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double deviation = std::abs(mean[i] - exact.mean[i]);
    if (!(deviation <= worst)) worst = deviation;  // keeps a NaN
  }
  return worst;
}

}  // namespace

TEST_CASE("Curie-Weiss: published unit vector") {
  // d = 8, K = 0.8, field_i = 0.05 (i + 1), by enumeration.
  const std::vector<double> reference = {.346079779435, .382545658749, .417934948240,
                                         .452185756863, .485246039120, .517073537948,
                                         .547635600680, .576908881554};
  std::vector<double> field(8), mean(8);
  for (std::size_t i = 0; i < 8; ++i) field[i] = 0.05 * static_cast<double>(i + 1);
  curie_weiss_mean(0.8, field, mean);
  for (std::size_t i = 0; i < 8; ++i) CHECK(mean[i] == Approx(reference[i]).margin(1e-12));
}

TEST_CASE("Curie-Weiss: every coupling and dimension against enumeration") {
  for (std::size_t d = 1; d <= 12; ++d) {
    for (const double K : {0.0, 1e-300, 1e-9, 0.1, 0.8, 1.0, 1.5, 3.0, 15.0, 40.0, 300.0}) {
      for (const double scale : {0.0, 0.1, 1.0, 30.0, 1e6}) {
        const auto field = random_field(d, scale, static_cast<std::uint32_t>(d));
        CAPTURE(d, K, scale);
        CHECK(error(K, field, enumerate(K, field)) < 1e-12);
      }
    }
  }
}

TEST_CASE("Curie-Weiss: 300 spins against the recursion over the number of up spins") {
  for (const double K : {0.0, 0.5, 0.95, 1.0, 1.05, 1.5, 2.5}) {
    for (const double scale : {1e-3, 0.1, 1.0, 5.0}) {
      const auto field = random_field(300, scale, 3);
      CAPTURE(K, scale);
      CHECK(error(K, field, recursion(K, field)) < 1e-12);
    }
  }
}

TEST_CASE("Curie-Weiss: 10^4 spins, balanced between both phases") {
  // Fields +h and -h in equal number: the total magnetization vanishes by symmetry, so the means
  // of the two halves are opposite although each phase carries half of the weight.
  const std::size_t d = 10000;
  std::vector<double> field(d), mean(d);
  for (std::size_t i = 0; i < d; ++i) field[i] = i % 2 == 0 ? 0.3 : -0.3;
  for (const double K : {0.5, 1.0, 1.1, 2.0, 3.0}) {
    const double log_partition = curie_weiss_mean(K, field, mean);
    CAPTURE(K);
    CHECK(std::isfinite(log_partition));
    CHECK(std::abs(mean[0] + mean[1]) < 1e-12);
  }
}

TEST_CASE("Curie-Weiss: independent spins at K = 0") {
  const auto field = random_field(1000, 2.0, 4);
  Exact exact{0, {}};
  for (const double h : field) {
    exact.mean.push_back(std::tanh(h));
    exact.log_partition += std::log(2 * std::cosh(h));
  }
  CHECK(error(0, field, exact) < 1e-13);
}

TEST_CASE("Curie-Weiss: several phases of a bimodal random field") {
  // Strong fields of both signs leave a third of the spins free: three competing solutions.
  std::vector<double> field;
  for (int i = 0; i < 100; ++i) field.insert(field.end(), {-1.3, 0.01, 1.3});
  for (const double K : {1.0, 2.0, 3.0}) {
    CAPTURE(K);
    CHECK(error(K, field, recursion(K, field)) < 1e-12);
  }
}

TEST_CASE("Curie-Weiss: refuses what is not a model") {
  std::vector<double> field(3), mean(3), short_mean(2), none;
  CHECK_THROWS_AS(curie_weiss_mean(-1, field, mean), std::invalid_argument);
  CHECK_THROWS_AS(curie_weiss_mean(std::nan(""), field, mean), std::invalid_argument);
  CHECK_THROWS_AS(curie_weiss_mean(1, field, short_mean), std::invalid_argument);
  CHECK_THROWS_AS(curie_weiss_mean(1, none, none), std::invalid_argument);
}
