// Clones of Gaussian classes: the Fourier integral against the chi^2 integral of concentric classes,
// phi(G) of equal variances, direct integrals in one and two dimensions, and published values.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/gaussian_classes.hpp"
#include "analysis/theory/information.hpp"

namespace symbreak::test::gaussian_classes {

using namespace symbreak::theory;

namespace {

Approx near(double value, double margin) { return Approx(value).epsilon(0).margin(margin); }

double noise(double t) { return std::expm1(2 * t); }

/// Standard deviations 1 and 1.5.
ClassPair concentric(double dimension, double log_odds = 0) {
  return {{{dimension, 1, 2.25, 0}}, log_odds};
}

/// E sum_c P(c|x)^2 by a sum over a grid in the plane; classes at 0 and (d_1, d_2) of diagonal
/// variances v_c, share of the first class p.
double in_the_plane(const double (&v)[2][2], const double (&d)[2], double p, double s) {
  double total = 0;
  const double step = 0.05;
  for (double x = -14; x < 14; x += step) {
    for (double y = -14; y < 14; y += step) {
      const double at[2] = {x, y};
      double f[2];
      for (int c = 0; c < 2; ++c) {
        f[c] = c == 0 ? p : 1 - p;
        for (int k = 0; k < 2; ++k) {
          const double variance = v[c][k] + s, z = at[k] - (c == 0 ? 0 : d[k]);
          f[c] *= std::exp(-z * z / (2 * variance)) / std::sqrt(2 * M_PI * variance);
        }
      }
      total += (f[0] * f[0] + f[1] * f[1]) / (f[0] + f[1]) * step * step;
    }
  }
  return total;
}

}  // namespace

TEST_CASE("Clones of classes of equal means: published values and a second integral") {
  struct Row {
    double d, t, clone;
  };
  for (const Row r :
       {Row{16, .5, .611958475}, Row{16, 2, .500511774}, Row{64, .75, .670161376},
        Row{256, .25, .998874138}, Row{256, .5, .975280194}, Row{256, 1, .736835992},
        Row{256, 1.75, .521054819}, Row{256, 3, .500153083}, Row{4096, 1.25, .979443049},
        Row{4096, 2, .606163989}, Row{16384, 1.5, .995179648}, Row{16384, 2, .782853602}}) {
    INFO("d = " << r.d << ", t = " << r.t);
    CHECK(concentric(r.d).clone_probability(noise(r.t)) == near(r.clone, 1e-9));
    CHECK(concentric_clone_probability(r.d, {1, 2.25}, {1, 1}, noise(r.t)) ==
          near(concentric(r.d).clone_probability(noise(r.t)), 1e-11));
  }
  CHECK(concentric(256, std::log(4.0)).clone_probability(noise(1)) == near(.814255127, 1e-9));
  for (const double d : {1.0, 2.0, 3.0, 10.0, 1000.0}) {
    for (const double s : {0.01, 1.0, 30.0}) {
      CHECK(concentric_clone_probability(d, {1, 2.25}, {.7, .1}, s) ==
            near(concentric(d, std::log(7.0)).clone_probability(s), 1e-10));
    }
  }
  // The smaller class the wider one: another number.
  CHECK(concentric(256, -std::log(4.0)).clone_probability(noise(1)) != near(.814255127, 1e-3));
}

TEST_CASE("Where clones of equal means part") {
  const double phi = clone_probability(1);
  struct Row {
    double d, t, limit;
  };
  for (const Row r :
       {Row{16, .085835235, .066726}, Row{64, .537918344, .534168}, Row{256, .932580872, .931735},
        Row{4096, 1.660029742, 1.659980}, Row{16384, 2.012183681, 2.012172}}) {
    CHECK(std::log1p(concentric(r.d).noise_of(phi)) / 2 == near(r.t, 1e-9));
    CHECK(std::log1p(concentric(r.d).noise_of_signal(1)) / 2 == near(r.limit, 1e-6));
  }
  CHECK(concentric(1).noise_of(phi) == 0);  // too few dimensions ever to know
}

TEST_CASE("Clones of classes of one variance follow phi(G)") {
  for (const double G : {0.01, 0.25, 1.0, 4.0, 20.0}) {
    for (const double odds : {0.0, 1.0, -3.0}) {
      const double s = 0.4, variance = 0.8, difference = 2 * std::sqrt(G * (variance + s));
      const ClassPair pair{{{1, variance, variance, difference}, {50, variance, variance, 0}},
                           odds};
      CHECK(pair.signal(s) == Approx(G));
      CHECK(pair.clone_probability(s) == near(clone_probability(G, odds), 1e-10));
    }
  }
  // However close to one.
  const ClassPair far{{{1, 1, 1, 30}}, 0};
  CHECK(far.clone_loss(0) > 1e-60);
  CHECK(far.clone_loss(0) < 1e-45);
}

TEST_CASE("Any means and covariances: a grid in the plane") {
  const double v[2][2] = {{0.3, 2}, {1.5, 0.2}}, d[2] = {0.9, -1.4};
  for (const double s : {0.1, 1.0}) {
    for (const double p : {0.5, 0.15}) {
      const ClassPair pair{{{1, v[0][0], v[1][0], d[0]}, {1, v[0][1], v[1][1], d[1]}},
                           std::log(p / (1 - p))};
      CHECK(pair.clone_probability(s) == near(in_the_plane(v, d, p, s), 1e-8));
    }
  }
}

TEST_CASE("Three classes of one mean") {
  // Two of them alike: to the third they are one, to each other nothing.
  const double s = 2, d = 40;
  const double three = concentric_clone_probability(d, {1, 1, 4}, {1, 1, 2}, s);
  double loss = 1 - concentric_clone_probability(d, {1, 4}, {2, 2}, s);
  CHECK(three < 1 - loss);
  CHECK(three > 0.5);
  CHECK(concentric_clone_probability(d, {3, 3, 3}, {1, 1, 1}, s) == near(1.0 / 3, 1e-11));
}

}  // namespace symbreak::test::gaussian_classes
