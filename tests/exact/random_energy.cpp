// Quadrature of random-energy models against closed forms, direct integrals over two levels,
// published values and the independent Gaussian quadrature of theory/condensation.
#include <fmt/format.h>

#include <boost/math/special_functions/gamma.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/levels/condensation.hpp"
#include "analysis/theory/levels/random_energy.hpp"
#include "analysis/theory/quadrature.hpp"
#include "tests/exact/gaussian_levels.hpp"

using namespace symbreak::theory;

namespace {

const double kLog2 = std::log(2.0);
Approx near(double value, double epsilon = 1e-8) {
  return Approx(value).epsilon(epsilon).margin(0);
}

RandomEnergy gaussian(double bits, double a) {
  return symbreak::test::gaussian_levels(a, bits * kLog2);
}

double variance(const RandomEnergy& rem) {
  return rem.participation_square() - rem.participation() * rem.participation();
}

}  // namespace

TEST_CASE("Quadrature reproduces the reference values of the random-energy model") {
  struct Row {
    double bits, a, value;
  };
  for (const Row r : {Row{10, .5, .02078849412}, Row{10, 1, .2355261284}, Row{10, 1.5, .4448954787},
                      Row{10, 2, .5736049802}, Row{20, .8, .05899382285}, Row{20, 1, .1634269194},
                      Row{20, 2, .5431536937}, Row{100, 1, .07057793085}, Row{100, 2, .5115919746},
                      Row{1000, 1, .02173634053}}) {
    INFO("M = " << r.bits << ", a = " << r.a);
    CHECK(gaussian(r.bits, r.a).participation() == near(r.value, 1e-9));
  }
  CHECK(variance(gaussian(20, 1)) == near(.03453636868, 1e-9));
  for (const Row r : {Row{20, .8, .1439232557}, Row{20, 1, .5476420648}, Row{20, 1.25, .9311972756},
                      Row{100, .9, .1121131582}, Row{100, 1, .5226163672}}) {
    CHECK(gaussian(r.bits, r.a).planted_weight() == near(r.value, 1e-9));
  }
  // A temperature off by 3 % is seen in the third digit.
  CHECK(gaussian(20, 1.03).participation() != near(.1634269194, 1e-2));
  const double root = std::sqrt(M_PI * 100 * kLog2);
  CHECK(gaussian(100, 1).participation() * root == near(1.0415, 1e-4));
}

TEST_CASE("One level, two levels, no temperature") {
  for (const auto family : {LevelFamily::gaussian, LevelFamily::exponential, LevelFamily::sphere,
                            LevelFamily::binary}) {
    const auto law = level_law(family, 8);
    CHECK(RandomEnergy(law, 0, 0.7).participation() == 1);
    CHECK(RandomEnergy(law, 0, 0.7).planted_weight() == 1);
    CHECK(RandomEnergy(law, std::log(5.0), 0).participation(3) == near(0.04));
    CHECK(RandomEnergy(law, std::log(5.0), 0).log_partition() == near(std::log(5.0)));
  }
  // N = 2 Gaussian levels: all depends on their difference D ~ N(0, 2A^2), planted N(A^2, 2A^2).
  for (const double A : {0.3, 1.0, 4.0}) {
    const RandomEnergy two(level_law(LevelFamily::gaussian), kLog2, A);
    const auto over = [&](auto f, double mean = 0) {
      return gaussian_average([&](double z) { return f(mean + std::sqrt(2.0) * A * z); }, 14,
                              0.002);
    };
    const auto tanh2 = [](double D) { return std::tanh(D / 2) * std::tanh(D / 2); };
    CHECK(two.participation() == near(over([&](double D) { return (1 + tanh2(D)) / 2; })));
    CHECK(two.participation(3) == near(over([&](double D) { return (1 + 3 * tanh2(D)) / 4; })));
    CHECK(two.participation_square() ==
          near(over([&](double D) { return std::pow((1 + tanh2(D)) / 2, 2); })));
    CHECK(two.log_partition() == near(over([](double D) { return log_2cosh(D / 2); })));
    // log Z = S/2 + log 2cosh(D/2) with the sum S independent of D, Var(S/2) = A^2/2.
    const double mean = two.log_partition();
    CHECK(two.log_partition_variance() ==
          near(A * A / 2 + over([&](double D) { return std::pow(log_2cosh(D / 2) - mean, 2); })));
    CHECK(two.planted_weight() ==
          near(over([](double D) { return 1 / (1 + std::exp(-D)); }, A * A)));
    CHECK(two.planted_success() == near(std::erfc(-A / 2) / 2, 1e-7));
  }
  // N = 2 binary levels of d = 4 spins: 16 pairs.
  const double b = 0.9, mass[] = {1, 4, 6, 4, 1};
  double Y = 0, planted = 0, norm = 0;
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) {
      const double u = std::exp(b * (i - 2)), v = std::exp(b * (j - 2));
      Y += mass[i] * mass[j] / 256 * (u * u + v * v) / ((u + v) * (u + v));
      planted += mass[i] * mass[j] * u * u / (u + v);
      norm += mass[i] * mass[j] * u;
    }
  }
  const RandomEnergy spins(level_law(LevelFamily::binary, 4), kLog2, b);
  CHECK(spins.participation() == near(Y));
  CHECK(spins.planted_weight() == near(planted / norm));
}

TEST_CASE("E[Y_1] = 1 for every law, size and temperature") {
  for (const auto& [family, d] : {std::pair{LevelFamily::gaussian, 0.0},
                                  {LevelFamily::exponential, 0.0},
                                  {LevelFamily::sphere, 3.0},
                                  {LevelFamily::sphere, 100.0},
                                  {LevelFamily::binary, 100.0}}) {
    const auto law = level_law(family, d);
    for (const double bits : {3.0, 30.0, 90.0}) {
      if (d == 3 && bits > 30) continue;  // the highest level is the pole to all digits
      for (const double a : {0.4, 1.0, 3.0}) {
        const double L = bits * kLog2;
        INFO(static_cast<int>(family) << ", M = " << bits << ", a = " << a);
        CHECK(RandomEnergy(law, L, a * law->critical(L)).participation(1) == near(1));
      }
    }
  }
  CHECK(gaussian(1e6, 5).participation(1) == near(1));
}

TEST_CASE("Exponential levels are Poisson-Dirichlet, and a million bits too") {
  for (const double a : {1.25, 2.0, 5.0}) {
    const double m = 1 / a;
    const RandomEnergy traps(level_law(LevelFamily::exponential), 200 * kLog2, a);
    const RandomEnergy rem = gaussian(1e6, a);
    for (const int k : {2, 3, 4}) {
      const double limit = rem_participation_limit(a, k);
      CHECK(traps.participation(k) == near(limit));
      CHECK(rem.participation(k) == near(limit, 3e-4));
    }
    CHECK(variance(traps) == near(m * (1 - m) / 3, 1e-7));
    CHECK(variance(rem) == near(rem_participation_variance_limit(a), 3e-4));
    CHECK(traps.log_partition_variance() == near(M_PI * M_PI / 6 * (a * a - 1)));
    // The 1/L law of finite size accounts for the rest.
    CHECK(rem.participation() == near(rem_participation_condensed(a, 1e6 * kLog2), 1e-9));
  }
  const RandomEnergy critical = gaussian(1e6, 1);
  CHECK(critical.participation() == near(1 / std::sqrt(M_PI * 1e6 * kLog2), 1e-3));
  CHECK(gaussian(1e6, 1).planted_weight() == near(rem_planted_critical(1e6 * kLog2), 1e-6));
}

TEST_CASE("Laws of levels: quantiles, thresholds, planted laws") {
  const auto sphere = level_law(LevelFamily::sphere, 3);  // u is uniform in [-1, 1]
  for (const double s : {0.2, 1.0, 5.0, 20.0}) {
    CHECK(sphere->quantile(s) == near(std::sqrt(3.0) * (1 - 2 * std::exp(-s)), 1e-11));
  }
  const auto normal = level_law(LevelFamily::gaussian);
  CHECK(normal->quantile(-std::log(.15865525393145705)) == near(1, 1e-13));
  const double far = normal->quantile(1e6 * kLog2);
  CHECK(far * far / 2 + std::log(far) + std::log(2 * M_PI) / 2 == near(1e6 * kLog2, 1e-11));
  // The sphere's condensation noise: b_c = rho s sqrt(d)/(sigma^2 t_c).
  const double alpha = 0.3, d = 50;
  CHECK(std::sqrt(d) / level_law(LevelFamily::sphere, d)->critical(alpha * d) ==
        near(sphere_condensation_noise(alpha, 1, 1)));
  // Weak fields see every law as Gaussian.
  CHECK(level_law(LevelFamily::binary, 1e5)->critical(20) == near(std::sqrt(40), 1e-3));
  CHECK(level_law(LevelFamily::binary, 10)->critical(8) == INFINITY);
  for (const auto family : {LevelFamily::sphere, LevelFamily::binary, LevelFamily::gaussian}) {
    const auto law = level_law(family, 12);
    const double b = 0.8, h = 1e-4;
    const auto table = law->planted(b);
    double mean = 0;
    for (std::size_t k = 0; k < table.level.size(); ++k) {
      const double p = table.probability[k] - (k > 0 ? table.probability[k - 1] : 0);
      const double middle =
          law->atoms() || k == 0 ? table.level[k] : (table.level[k] + table.level[k - 1]) / 2;
      mean += p * middle;
    }
    CHECK(mean == near((law->log_generating(b + h) - law->log_generating(b - h)) / (2 * h), 1e-6));
    // What lies below a threshold, with its complement, is the whole law.
    const auto nodes = law->below(3, 5 * b);
    double sum = 0;
    for (const double w : nodes.log_weight) sum += std::exp(w);
    CHECK(sum == near(1 - std::exp(-3.0), 1e-11));
  }
}
