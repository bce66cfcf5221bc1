#include "analysis/theory/condensation.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "analysis/theory/information.hpp"

namespace symbreak::theory {

namespace {

/// Log-concave integrands in log space: log of the integral of exp(f) by the trapezoid rule around
/// the maximum of f, which lies in [low, high]. Step 1/4: exponentially convergent for integrands
/// that are analytic in a strip of half-width pi/2, as all of e^{-e^u} here (error e^{-39}).
template <class Function>
double log_integral(const Function& f, double low, double high, double step = 0.25) {
  // Ternary search: f is concave.
  while (high - low > step / 2) {
    const double a = low + (high - low) / 3, b = high - (high - low) / 3;
    (f(a) < f(b) ? low : high) = f(a) < f(b) ? a : b;
  }
  const double centre = (low + high) / 2, top = f(centre);
  double sum = 1;
  for (int direction : {-1, 1}) {
    for (int i = 1; i < 2000000; ++i) {
      const double drop = f(centre + direction * i * step) - top;
      if (drop < -45) break;
      sum += std::exp(drop);
    }
  }
  return top + std::log(sum * step);
}

double log_normal(double u, double mean, double A) {
  const double z = (u - mean) / A;
  return -z * z / 2 - std::log(A) - std::log(2 * M_PI) / 2;
}

/// Quantities of one level u = s + X, X ~ N(mean, A^2).
struct Level {
  double A;
  /// log E[e^{k u - e^u}]
  double log_moment(int k, double s, double mean = 0) const {
    const double step = std::min(0.25, A / 4);
    return log_integral([&](double u) { return log_normal(u, s + mean, A) + k * u - std::exp(u); },
                        s + mean - 1 - A * A - 20 * A, s + mean + k * A * A + 20 * A + 1, step);
  }
  /// log E[1 - e^{-e^u}]
  double log_tail(double s) const {
    const double step = std::min(0.25, A / 4);
    return log_integral(
        [&](double u) {
          return log_normal(u, s, A) +
                 (u < -30 ? u : std::log(-std::expm1(-std::exp(std::min(u, 700.0)))));
        },
        s - 20 * A - 1, s + A * A + 20 * A + 1, step);
  }
  /// log L(s)^{N-removed}, L(s) = E e^{-e^u}; -inf where it underflows.
  double log_laplace_power(double s, double L, int removed) const {
    const double tail = std::exp(std::min(0.0, log_tail(s)));
    const double log_one = tail < 1 ? std::log1p(-tail) : -INFINITY;
    return log_one * (L < 40 ? std::exp(L) - removed : std::exp(std::min(L, 700.0)));
  }
  /// The same without underflow of the tail at large L: -exp(L + log tail) once the tail is small.
  double log_survival(double s, double L, int removed) const {
    const double log_small = log_tail(s);
    if (log_small < -20) return -std::exp(std::min(700.0, L + log_small));
    return log_laplace_power(s, L, removed);
  }
};

/// Integral over s of exp(f(s)), f unimodal with slopes between -inf and a few units.
template <class Function>
double integral_over_scale(const Function& f, double low, double high) {
  const double step = 0.2;
  double top = -INFINITY;
  double best = low;
  const double coarse = std::max(step, (high - low) / 400);
  for (double s = low; s < high; s += coarse) {
    const double value = f(s);
    if (value > top) top = value, best = s;
  }
  double sum = 0;
  for (int direction : {-1, 1}) {
    for (int i = direction < 0 ? 1 : 0; i < 400000; ++i) {
      const double value = f(best + direction * i * step);
      sum += std::exp(value);
      if (value < top - 45 && i * step > coarse) break;
    }
  }
  return sum * step;
}

}  // namespace

double information_per_dimension(DataLaw law, double g) {
  return law == DataLaw::binary ? binary_information(g) : std::log1p(g) / 2;
}

double dispersion_per_dimension(DataLaw law, double g) {
  switch (law) {
    case DataLaw::gaussian:
      return g / (1 + g);
    case DataLaw::sphere:
      return g * (g + 2) / (2 * (1 + g) * (1 + g));
    case DataLaw::binary:
      break;
  }
  return binary_dispersion(g);
}

double collapse_noise(DataLaw law, double alpha, double variance) {
  if (law != DataLaw::binary) return variance / std::expm1(2 * alpha);
  if (alpha >= std::log(2.0)) return 0;
  // The information increases from 0 to log 2; in log g to keep small alpha accurate.
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      [&](double log_g) { return binary_information(std::exp(log_g)) - alpha; }, std::log(alpha),
      std::log(100 + 4 * alpha), boost::math::tools::eps_tolerance<double>(48), iterations);
  return variance * std::exp(-(bracket.first + bracket.second) / 2);
}

double two_class_collapse_noise(double log_count, double dimension, double variance,
                                double class_signal) {
  const auto excess = [=](double log_noise) {
    const double noise = std::exp(log_noise);
    return dimension / 2 * std::log1p(variance / noise) +
           binary_information(class_signal / (variance + noise)) - log_count;
  };
  // The Gaussian part alone gives a lower bound of the noise; log(1+u) <= u and I(G) <= G/2 an
  // upper.
  const double low = std::log(variance / std::expm1(2 * log_count / dimension));
  const double high = std::log((dimension * variance + class_signal) / (2 * log_count));
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      excess, low - 1e-9, high + 1e-9, boost::math::tools::eps_tolerance<double>(48), iterations);
  return std::exp((bracket.first + bracket.second) / 2);
}

double planted_weight(DataLaw law, double g, double dimension, double log_count) {
  const double z = (dimension * information_per_dimension(law, g) - log_count) /
                   std::sqrt(dimension * dispersion_per_dimension(law, g));
  return std::erfc(-z / std::sqrt(2.0)) / 2;
}

double two_class_excess(double g, double G, double dimension, double log_count) {
  return 1 - (dimension / 2 * std::log1p(g) + binary_information(G)) / log_count;
}

double rem_participation_limit(double a, int k) {
  if (a <= 1) return 0;
  using boost::math::tgamma;
  return tgamma(k - 1 / a) / (tgamma(k) * tgamma(1 - 1 / a));
}

double rem_participation(double a, double L, int k) {
  const Level level{a * std::sqrt(2 * L)};
  const double A = level.A;
  const double sum = integral_over_scale(
      [&](double s) { return L + level.log_moment(k, s) + level.log_survival(s, L, 1); },
      -A * A - 12 * A - 60, 12 * A + 20);
  return sum / boost::math::tgamma(k);
}

double rem_participation_square(double a, double L) {
  const Level level{a * std::sqrt(2 * L)};
  const double A = level.A;
  const double pairs = integral_over_scale(
      [&](double s) {
        return 2 * L + std::log1p(-std::exp(-L)) + 2 * level.log_moment(2, s) +
               level.log_survival(s, L, 2);
      },
      -A * A - 12 * A - 60, 12 * A + 20);
  return rem_participation(a, L, 4) + pairs / boost::math::tgamma(4);
}

double rem_planted_weight(double a, double L) {
  const Level level{a * std::sqrt(2 * L)};
  const double A = level.A;
  return integral_over_scale(
      [&](double s) { return level.log_moment(1, s, A * A) + level.log_survival(s, L, 1); },
      -2 * A * A - 24 * A - 60, 12 * A + 20);
}

double rem_participation_critical(double a, double L) {
  const double z = (a - 1) * std::sqrt(2 * L);
  return std::exp(-z * z / 2) / (std::sqrt(M_PI * L) * std::erfc(z / std::sqrt(2.0)));
}

double rem_participation_condensed(double a, double L) {
  using namespace boost::math;
  const double m = 1 / a;
  return 1 - m +
         m / (4 * L) *
             (std::log(4 * M_PI * L) - 2 * constants::euler<double>() - 2 * lgamma(1 - m) -
              2 * m * digamma(1 - m));
}

double rem_participation_variance_limit(double a) { return a > 1 ? (1 - 1 / a) / (3 * a) : 0; }

double rem_planted_law(double a, double L) {
  return std::erfc(-std::sqrt(L) / 2 * (a - 1 / a)) / 2;
}

double rem_planted_critical(double L) { return 0.5 + std::log(2.0) / std::sqrt(4 * M_PI * L); }

double sphere_condensation_noise(double alpha, double s, double rho) {
  return s * rho * std::exp(-2 * alpha) / std::sqrt(-std::expm1(-2 * alpha));
}

}  // namespace symbreak::theory
