// What a noisy state tells about its datum: against independent identities, references,
// enumeration.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/theory/information.hpp"
#include "analysis/theory/sphere.hpp"

using namespace symbreak::theory;

namespace {
Approx near(double value, double digits = 1e-9) { return Approx(value).epsilon(digits).margin(0); }
}  // namespace

TEST_CASE("The information of spherical data obeys I-MMSE and tends to its limit") {
  // dI/dbeta = mmse/2, mmse = R^2 - E|<y>|^2 with |<y>| = R A_D(beta R |x|): Monte Carlo over x.
  const double D = 5, noise = 0.7, h = 1e-4, R = std::sqrt(D);
  const DataModel model{DataLaw::sphere, D, 1};
  const double slope = (information(model, 1 / (1 / noise + h)).mean -
                        information(model, 1 / (1 / noise - h)).mean) /
                       (2 * h);
  std::mt19937_64 engine(4);
  std::normal_distribution<double> normal;
  double sum = 0, squares = 0;
  const int samples = 400000;
  for (int i = 0; i < samples; ++i) {
    double norm = std::pow(R + std::sqrt(noise) * normal(engine), 2);
    for (int k = 1; k < 5; ++k) norm += noise * std::pow(normal(engine), 2);
    const double mean = R * bessel_ratio(D, R * std::sqrt(norm) / noise);
    sum += mean * mean;
    squares += std::pow(mean, 4);
  }
  const double overlap = sum / samples;
  const double error = std::sqrt((squares / samples - overlap * overlap) / samples);
  INFO("slope " << slope << ", (R^2 - overlap)/2 = " << (D - overlap) / 2 << " +- " << error / 2);
  CHECK(std::abs(slope - (D - overlap) / 2) < 3.5 * error / 2);  // false alarm 5e-4
  // D = 1 is one +-1 coordinate.
  CHECK(information({DataLaw::sphere, 1, 1}, 0.8).mean ==
        near(information({DataLaw::binary, 1, 1}, 0.8).mean, 1e-9));
  // Large D: Gaussian information, dispersion g(g+2)/(2(1+g)^2) per dimension.
  const auto large = information({DataLaw::sphere, 4096, 1}, 2);
  CHECK(large.mean / 4096 == near(std::log1p(0.5) / 2, 1e-5));
  CHECK(large.variance / 4096 == near(0.5 * 2.5 / (2 * 1.5 * 1.5), 1e-3));
}

TEST_CASE("Collapse thresholds of all laws") {
  const auto noise = [](DataLaw law, double alpha) {
    return collapse_noise(DataModel{law, 100, 1}, 100 * alpha);
  };
  CHECK(noise(DataLaw::gaussian, .1) == near(4.5166555661));
  CHECK(noise(DataLaw::sphere, .1) == near(4.5166555661));
  CHECK(noise(DataLaw::binary, .1) == near(4.5116848930));
  CHECK(noise(DataLaw::gaussian, .5) == near(.5819767069));
  CHECK(noise(DataLaw::binary, .5) == near(.5001561440));
  // A plane of dimension D collapses as a space of dimension D; at the threshold I = log N.
  for (const DataLaw law : {DataLaw::gaussian, DataLaw::binary}) {
    const DataModel model{law, 16, 2.5};
    CHECK(information(model, collapse_noise(model, 5)).mean == near(5));
  }
  const DataModel classes{DataLaw::gaussian, 64, 1, 64};
  CHECK(information(classes, collapse_noise(classes, std::log(1000.))).mean ==
        near(std::log(1000.)));
}

TEST_CASE("The class bit: d = 256, N = 20000, OU time 2.12") {
  DataModel model{DataLaw::gaussian, 256, 1, 256};
  const double noise = std::expm1(2 * 2.12), L = std::log(20000.);
  const double g = 1 / noise, G = 256 / (1 + noise);
  CHECK(1 - information(model, noise).mean / L == Approx(.7497).margin(5e-5));
  CHECK(1 - information(model, noise).mean / L == near(two_class_excess(g, G, 256, L)));
  model.class_signal = 0;
  CHECK(1 - information(model, noise).mean / L == Approx(.8124).margin(5e-5));
}

TEST_CASE("Condensation of unplanted states: printed and corrected, and exact at finite size") {
  // Equation 38 as printed is the limit alpha -> 0; off by 1.5 % at .01, 16 % at .1 at fixed norm.
  const auto ratio = [](double alpha) {
    return printed_condensation_noise(alpha, 1.3, 0.8) / sphere_condensation_noise(alpha, 1.3, 0.8);
  };
  CHECK(ratio(1e-6) == near(1, 1e-5));
  CHECK(ratio(.01) == near(std::exp(.02) * std::sqrt(-std::expm1(-.02) / .02)));
  CHECK(ratio(.01) == Approx(1.015).margin(2e-3));
  CHECK(ratio(.1) == Approx(1.163).margin(2e-3));
  // With the typical norm, t = sqrt((1 + t)/(2 alpha)): 30 % above the collapse at alpha = .1.
  const double typical = (5 + std::sqrt(45.)) / 2;
  CHECK(printed_condensation_noise(.1, 1, std::sqrt(1 + typical)) == near(typical));
  CHECK(typical * std::expm1(.2) == Approx(1.296).margin(1e-3));
  // The typical norm rho^2 = s^2 + noise gives back the planted threshold.
  const double planted = 1 / std::expm1(.2);
  CHECK(sphere_condensation_noise(.1, 1, std::sqrt(1 + planted)) == near(planted));
  // E[Y] of spherical levels: 1/N without a field, a direct simulation with one, 1 without noise.
  CHECK(sphere_participation(1e-9, 8, std::log(50.)) == near(1 / 50., 1e-7));
  CHECK(sphere_participation(3, 8, std::log(50.)) == Approx(.044617).margin(4 * 3.5e-5));
  CHECK(sphere_participation(1e4, 8, std::log(5.)) > .99);
}

TEST_CASE("Capacities of the modern Hopfield network") {
  CHECK(retrieval_capacity(DataLaw::gaussian, Energy::associative, 1) == near(.5));
  CHECK(retrieval_capacity(DataLaw::sphere, Energy::associative, 1) == near(.62257192, 1e-8));
  CHECK(retrieval_capacity(DataLaw::binary, Energy::associative, 1) ==
        near(1 - std::log(std::cosh(1.0))));
  // A datum becomes a fixed point of the free energy at (1/2) log(1 + 1/v) + 1/(2(1 + v)).
  for (const double v : {.3, 1., 4.}) {
    CHECK(retrieval_capacity(DataLaw::gaussian, Energy::free_energy, 1 / v) ==
          near(std::log1p(1 / v) / 2 + 1 / (2 * (1 + v))));
  }
  // Finite size: the mean crosstalk tends to the capacity, and E[w_1] against direct simulation.
  CHECK(-log_crosstalk(DataLaw::sphere, 1, 4000) / 4000 == near(.62257192, 1e-3));
  CHECK(-log_crosstalk(DataLaw::binary, 1, 7) / 7 == near(1 - std::log(std::cosh(1.0))));
  std::mt19937_64 engine(6);
  std::normal_distribution<double> normal;
  const int d = 12, n = 100, samples = 4000;
  for (const Energy energy : {Energy::associative, Energy::free_energy}) {
    const double half = energy == Energy::free_energy ? 0.5 : 0;
    double sum = 0, squares = 0;
    for (int i = 0; i < samples; ++i) {
      double own[d], norm = 0, others = 0;
      for (double& y : own) y = normal(engine), norm += y * y;
      for (int j = 1; j < n; ++j) {
        double dot = 0, square = 0;
        for (const double y : own) {
          const double other = normal(engine);
          dot += y * other;
          square += other * other;
        }
        others += std::exp(dot - half * square - (1 - half) * norm);
      }
      sum += 1 / (1 + others);
      squares += std::pow(1 / (1 + others), 2);
    }
    const double mean = sum / samples,
                 error = std::sqrt((squares / samples - mean * mean) / samples);
    const double exact = retrieval_weight(DataLaw::gaussian, energy, 1, d, std::log(1. * n));
    INFO("measured " << mean << " +- " << error << ", theory " << exact);
    CHECK(std::abs(mean - exact) < 3.5 * error);
  }
}

TEST_CASE("The weight of a stored datum among +-1 points, by a fine quadrature of its own") {
  // int du e^{-u} [sum_k C(d,k) 2^-d exp(-u e^{2(k-d)})]^{N-1}, trapezoid on 400,000 nodes in log
  // u.
  for (const auto& [n, exact] :
       {std::pair{4000, 0.87875716}, {16000, 0.64052418}, {32000, 0.46764517}}) {
    CHECK(retrieval_weight(DataLaw::binary, Energy::associative, 1, 18, std::log(1. * n)) ==
          Approx(exact).margin(2e-6));
  }
  // On the sphere, against direct sums.
  constexpr int d = 6, n = 40, samples = 40000;
  std::mt19937_64 engine(8);
  std::normal_distribution<double> normal;
  double sum = 0, squares = 0;
  for (int s = 0; s < samples; ++s) {
    double others = 0;
    for (int j = 1; j < n; ++j) {
      const double first = normal(engine);
      double square = first * first;
      for (int i = 1; i < d; ++i) square += std::pow(normal(engine), 2);
      others += std::exp(d * (first / std::sqrt(square) - 1));
    }
    sum += 1 / (1 + others);
    squares += std::pow(1 / (1 + others), 2);
  }
  const double mean = sum / samples, error = std::sqrt((squares / samples - mean * mean) / samples);
  const double exact =
      retrieval_weight(DataLaw::sphere, Energy::associative, 1, d, std::log(1. * n));
  INFO("measured " << mean << " +- " << error << ", theory " << exact);
  CHECK(std::abs(mean - exact) < 3.5 * error);
}
