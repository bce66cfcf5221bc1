#include "analysis/theory/levels/condensation.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "analysis/theory/information.hpp"

namespace symbreak::theory {

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

double two_class_excess(double g, double G, double dimension, double log_count) {
  return 1 - (dimension / 2 * std::log1p(g) + binary_information(G)) / log_count;
}

double rem_participation_limit(double a, int k) {
  if (a <= 1) return 0;
  using boost::math::tgamma;
  return tgamma(k - 1 / a) / (tgamma(k) * tgamma(1 - 1 / a));
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
