#include "analysis/theory/patch_field.hpp"

#include <boost/math/special_functions/ellint_1.hpp>
#include <boost/math/special_functions/ellint_2.hpp>
#include <cmath>

#include "analysis/theory/mean_field.hpp"

namespace symbreak::theory {

double box_factor(int P, double k) {
  const double half = std::sin(k / 2);
  return std::abs(half) < 1e-12 ? 1 : std::sin(P * k / 2) / (P * half);
}

double uniform_patch_threshold(int P, int L, int j) {
  return P * P * box_factor(P, 2 * M_PI * j / L);
}

double patch_length(int P) { return std::sqrt((P * P - 1) / 24.0); }

double uniform_patch_correlation_length(int P, double u) {
  const double m = two_deltas_magnetization(u, 0), soft = (1 - m * m) / u;
  return patch_length(P) * std::sqrt(soft / (1 - soft));
}

double ising_neighbour_correlation(double T) {
  // -E/2 per bond: coth(2K) [1 + (2/pi)(2 tanh^2 2K - 1) K(kappa)]/2, kappa = 2 sinh 2K/cosh^2 2K.
  const double K = 1 / T, t = std::tanh(2 * K), c = std::cosh(2 * K);
  const double kappa = 2 * std::sinh(2 * K) / (c * c), factor = 2 * t * t - 1;
  // At T_c kappa = 1, where K diverges as the logarithm and its factor vanishes.
  if (std::abs(factor) < 1e-9) return 1 / (2 * t);
  return (1 + 2 / M_PI * factor * boost::math::ellint_1(kappa)) / (2 * t);
}

double ising_diagonal_correlation(double T) {
  const double sinh2 = std::pow(std::sinh(2 / T), 2);
  if (std::abs(sinh2 - 1) < 1e-12) return 2 / M_PI;
  if (sinh2 > 1) return 2 / M_PI * boost::math::ellint_2(1 / sinh2);
  const double k = sinh2;
  return 2 / (M_PI * k) * (boost::math::ellint_2(k) - (1 - k * k) * boost::math::ellint_1(k));
}

double ising_torus_window(int side, int P, double T) {
  const int sites = side * side, half = P / 2;
  double total = 0, sum = 0;
  for (long code = 0; code < 1L << sites; ++code) {
    const auto spin = [&](int y, int x) {
      const int i = (y + side) % side * side + (x + side) % side;
      return (code >> i & 1) != 0 ? 1 : -1;
    };
    int bonds = 0, window = 0;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) bonds += spin(y, x) * (spin(y, x + 1) + spin(y + 1, x));
    }
    for (int y = -half; y <= half; ++y) {
      for (int x = -half; x <= half; ++x) window += spin(0, 0) * spin(y, x);
    }
    const double weight = std::exp((bonds - 2 * sites) / T);
    total += weight;
    sum += weight * window;
  }
  return sum / total;
}

std::optional<Reference> softening_minimum(int P) {
  // Within 2 %, the systematic error of the reference grid.
  switch (P) {
    case 3:
      return Reference{0.287, 0.0029};
    case 5:
      return Reference{0.261, 0.0026};
    case 7:
      return Reference{0.258, 0.0026};
    default:
      return std::nullopt;
  }
}

std::optional<Reference> mosaic_order(int P, bool ode) {
  if (P == 3) return ode ? Reference{2.8, 0.3} : Reference{4.2, 0.3};
  if (P == 5) return ode ? Reference{3.6, 0.4} : Reference{5.3, 0.4};
  return std::nullopt;
}

}  // namespace symbreak::theory
