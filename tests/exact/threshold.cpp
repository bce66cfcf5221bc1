// Finite-size laws of planted weights at the Shannon threshold, against direct simulation by a
// program that shares no code with this one (fresh data sets, weights by a dense matrix product).
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/levels/condensation.hpp"
#include "analysis/theory/levels/threshold.hpp"
#include "analysis/theory/quadrature.hpp"
#include "tests/exact/gaussian_levels.hpp"

using namespace symbreak::theory;
using symbreak::test::gaussian_levels;

namespace {
Approx near(double value, double digits = 1e-9) { return Approx(value).epsilon(digits).margin(0); }
}  // namespace

TEST_CASE("E[w_1] at the Shannon threshold, Gaussian, spherical and +-1 data") {
  struct Simulation {
    DataLaw law;
    double dimension, count, weight, error;
  };
  for (const Simulation& s : {Simulation{DataLaw::gaussian, 64, 1000, .56691, .00109},
                              {DataLaw::gaussian, 32, 1000, .57124, .00055},
                              {DataLaw::gaussian, 32, 100, .58007, .00025},
                              {DataLaw::gaussian, 16, 1000, .57462, .00054},
                              {DataLaw::sphere, 64, 1000, .57886, .00053},
                              {DataLaw::sphere, 32, 1000, .59128, .00052},
                              {DataLaw::sphere, 32, 100, .59567, .00023},
                              {DataLaw::sphere, 16, 1000, .60378, .00050},
                              {DataLaw::binary, 64, 1000, .58001, .00059},
                              {DataLaw::binary, 32, 1000, .59432, .00042},
                              {DataLaw::binary, 24, 1000, .60469, .00041},
                              {DataLaw::binary, 32, 100, .59726, .00022},
                              {DataLaw::binary, 64, 100, .58707, .00032},
                              {DataLaw::binary, 64, 30, .59527, .00022},
                              {DataLaw::binary, 64, 10, .61263, .00021}}) {
    const DataModel model{s.law, s.dimension, 1};
    const double L = std::log(s.count);
    const auto weight = threshold_weight(information(model, collapse_noise(model, L)), L);
    INFO(static_cast<int>(s.law) << ", d = " << s.dimension << ", N = " << s.count << ": "
                                 << weight.value << " +- " << weight.error);
    // The bound on what is neglected, and 3 standard errors of the simulation (0.27 %).
    CHECK(std::abs(weight.value - s.weight) < weight.error + 3 * s.error);
    CHECK(weight.error < 0.008);
  }
  // Gaussian levels: exact averages of a random-energy model by adaptive quadrature, and for N = 2
  // by the law of the difference D of the two levels, planted N(V, 2V).
  for (const auto& [a, L] :
       {std::pair{0.02, 3.0}, {0.5, 3.0}, {1.0, 8.0}, {1.2, 14.0}, {0.9, 60.0}}) {
    const double V = 2 * a * a * L;
    CHECK(planted_law({V / 2, V, 0, V}, L).weight ==
          near(gaussian_levels(a, L).planted_weight(), 1e-7));
  }
  for (const double V : {1e-4, 0.1, 1.0, 16.0}) {
    const auto two = planted_law({V / 2, V, 0, V}, std::log(2.0));
    const auto over = [V](auto f) {
      return gaussian_average([&](double z) { return f(V + std::sqrt(2 * V) * z); });
    };
    CHECK(two.weight == near(over([](double D) { return 1 / (1 + std::exp(-D)); }), 1e-8));
    CHECK(two.surprise == near(over([](double D) { return std::log1p(std::exp(-D)); }), 1e-7));
  }
  // One point, or all but certain of its own: all the weight.
  CHECK(planted_law({30, 4, 0, 4}, 5).weight == 1);
  CHECK(planted_law({30, 4, 0, 4}, 5).surprise == near(0).margin(1e-8));
  // The random-energy model itself: no skewness, and the posterior holds all the variance.
  for (const double L : {5.0, 50.0}) {
    const auto weight = threshold_weight({L, 2 * L, 0, 2 * L}, L);
    CHECK(weight.value == near(gaussian_levels(1, L).planted_weight()));
    CHECK(weight.error == 0);
  }
}

TEST_CASE("Moments of the information density") {
  // D = 1 on the sphere is one +-1 coordinate.
  const auto sphere = information({DataLaw::sphere, 1, 1}, 0.8);
  const auto spin = information({DataLaw::binary, 1, 1}, 0.8);
  CHECK(sphere.variance == near(spin.variance));
  CHECK(sphere.third == near(spin.third));
  CHECK(sphere.posterior == near(spin.posterior));
  // The law of total variance, E[i|x] = h tanh h - log cosh h.
  const double g = 1 / 0.8;
  const auto conditional = [&](double z) {
    const double h = g + std::sqrt(g) * z;
    return h * std::tanh(h) - log_2cosh(h) + std::log(2.0);
  };
  CHECK(gaussian_average(conditional) == near(spin.mean));
  const double spread =
      gaussian_average([&](double z) { return std::pow(conditional(z) - spin.mean, 2); });
  CHECK(spin.posterior + spread == near(spin.variance));
  // A few dimensions of the sphere at low noise are a Gaussian in D - 1: |x - y|^2/2 is chi^2/2 of
  // D - 1 degrees of freedom across, and only they stay random at fixed x.
  const double D = 6;
  const auto cold = information({DataLaw::sphere, D, 1}, 1e-4);
  CHECK(cold.variance == near((D - 1) / 2, 1e-3));
  CHECK(cold.third == near(-(D - 1), 2e-3));  // third cumulant of -chi^2/2: -k
  CHECK(cold.posterior == near((D - 1) / 2, 1e-3));
}

TEST_CASE("E[-log w_1] above the collapse at finite N") {
  // +-1 data, d = 64, N = 30: (t, direct simulation, its standard error).
  const double L = std::log(30.0);
  for (const auto& [t, value, error] : {std::tuple{12.0, 1.37526, .00088},
                                        {16.0, 1.76266, .00089},
                                        {24.0, 2.23197, .00083},
                                        {32.0, 2.49767, .00076},
                                        {48.0, 2.78278, .00066},
                                        {80.0, 3.02339, .00053}}) {
    const auto i = information({DataLaw::binary, 64, 1}, t);
    const double surprise = planted_law(i, L).surprise, finite_size = surprise - (L - i.mean);
    INFO("t = " << t << ": " << surprise << ", of this " << finite_size << " by finite size");
    CHECK(std::abs(surprise - value) < 3 * error + 0.02 * finite_size);
    CHECK(finite_size > 20 * error);  // without it the law is far off
  }
  // N -> infinity at fixed V: (e^V - 1)/(2N).
  const double many = planted_law({0.25, 0.5, 0, 0.5}, 12).surprise - 11.75;
  CHECK(many == near(std::expm1(0.5) / 2 * std::exp(-12.0), 1e-3));
}
