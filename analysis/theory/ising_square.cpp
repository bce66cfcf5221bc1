#include "analysis/theory/ising_square.hpp"

#include <cmath>
#include <vector>

namespace symbreak::theory {

namespace {

/// log|2 cosh u| or log|2 sinh u| for u of either sign, and its derivative with respect to u.
struct Log {
  double value, slope;
};
Log log_two_cosh(double u) {
  const double a = std::abs(u);
  return {a + std::log1p(std::exp(-2 * a)), std::tanh(u)};
}
Log log_two_sinh(double u) {
  const double a = std::abs(u);
  return {a + std::log(-std::expm1(-2 * a)), 1 / std::tanh(u)};
}

}  // namespace

double ising_square_energy(int L, double T) {
  // Z = (1/2)(2 sinh 2K)^{N/2} [prod 2 cosh(L g_odd/2) + prod 2 sinh(L g_odd/2)
  //     + prod 2 cosh(L g_even/2) + prod 2 sinh(L g_even/2)],
  // cosh g_l = cosh 2K coth 2K - cos(pi l/L), g_0 = 2K + log tanh K (negative above T_c).
  const double K = 1 / T, L_real = L;
  const double c = std::cosh(2 * K), s = std::sinh(2 * K);
  const double slope = 2 * (c - c / (s * s));  // d/dK (cosh 2K coth 2K)
  double logs[4] = {}, slopes[4] = {}, signs[4] = {1, 1, 1, 1};
  for (int l = 0; l < 2 * L; ++l) {
    double gamma, gamma_slope;
    if (l == 0) {
      gamma = 2 * K + std::log(std::tanh(K));
      gamma_slope = 2 + 2 / s;
    } else {
      // cosh g - 1 without cancellation: c^2/s - 1 - cos = (1 - s)^2/s + (1 - cos).
      const double half = std::sin(M_PI * l / (2 * L_real));
      const double excess = (1 - s) * (1 - s) / s + 2 * half * half;
      gamma = std::log1p(excess + std::sqrt(excess * (excess + 2)));
      gamma_slope = slope / std::sinh(gamma);
    }
    // At T_c to rounding u = 0, where the sinh vanishes but not its derivative.
    const double u = gamma == 0 ? 1e-300 : L_real * gamma / 2, u_slope = L_real * gamma_slope / 2;
    const int first = l % 2 == 1 ? 0 : 2;
    const Log even = log_two_cosh(u), odd = log_two_sinh(u);
    logs[first] += even.value;
    slopes[first] += even.slope * u_slope;
    logs[first + 1] += odd.value;
    slopes[first + 1] += odd.slope * u_slope;
    if (u < 0) signs[first + 1] = -signs[first + 1];
  }
  double sum = 0, derivative = 0;
  for (int p = 0; p < 4; ++p) {
    const double weight = signs[p] * std::exp(logs[p] - logs[0]);
    sum += weight;
    derivative += weight * slopes[p];
  }
  return -(c / s + derivative / sum / (L_real * L_real));
}

double ising_square_tau(double T) {
  const double s = std::sinh(2 / T);
  return (1 / s - s) / 2;
}

}  // namespace symbreak::theory
