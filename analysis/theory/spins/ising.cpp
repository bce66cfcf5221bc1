#include "analysis/theory/spins/ising.hpp"

#include <algorithm>
#include <boost/math/special_functions/ellint_1.hpp>
#include <cmath>

namespace symbreak::theory {

double ising2d_critical_temperature() { return 2 / std::log1p(std::sqrt(2.0)); }

double ising2d_spontaneous_magnetization(double T) {
  if (T >= ising2d_critical_temperature()) return 0;
  return std::pow(1 - std::pow(std::sinh(2 / T), -4), 0.125);
}

double ising2d_energy(double T) {
  // u = -coth 2K [1 + (2/pi)(2 tanh^2 2K - 1) K_1(k)], k = 2 sinh 2K / cosh^2 2K.
  const double K = 1 / T, tanh2 = std::tanh(2 * K);
  const double factor = 2 * tanh2 * tanh2 - 1;
  if (std::abs(factor) < 1e-15) return -1 / tanh2;
  const double modulus = std::min(2 * std::sinh(2 * K) / std::pow(std::cosh(2 * K), 2), 1.0);
  if (modulus >= 1) return -1 / tanh2;
  return -(1 + 2 / M_PI * factor * boost::math::ellint_1(modulus)) / tanh2;
}

namespace {

/// log Z / L^2 and its derivative with respect to K, Kaufman's four products:
/// Z = (2 sinh 2K)^(N/2)/2 [prod 2cosh(L g_odd/2) + prod 2sinh(L g_odd/2) + prod 2cosh(L g_even/2)
/// + prod 2sinh(L g_even/2)], cosh g_q = c - cos(pi q/L), c = cosh^2 2K/sinh 2K, except that g_0 =
/// 2K + log tanh K carries a sign.
struct Kaufman {
  double log_z, slope;
};

Kaufman kaufman(int L, double K) {
  const double c = std::cosh(2 * K) / std::tanh(2 * K);
  const double sinh2 = std::sinh(2 * K), cosh2 = std::cosh(2 * K);
  const double c_slope = 2 * cosh2 - 2 * cosh2 / (sinh2 * sinh2);
  // For each product: the sum of logs, the sign, and the derivative of the log.
  double log_cosh[2] = {0, 0}, log_sinh[2] = {0, 0}, d_cosh[2] = {0, 0}, d_sinh[2] = {0, 0};
  double sign = 1, zero_factor = 1,
         zero_slope = 0;  // of the sinh of mode 0: kept apart, it may be 0
  for (int q = 0; q < 2 * L; ++q) {
    const int even = q % 2 == 0;
    double g = 0, g_slope = 0;
    if (q == 0) {
      g = 2 * K + std::log(std::tanh(K));
      g_slope = 2 + 2 / sinh2;
    } else {
      const double excess = c - std::cos(M_PI * q / L) - 1;  // cosh g - 1
      g = std::log1p(excess + std::sqrt(excess * (excess + 2)));
      g_slope = c_slope / std::sqrt(excess * (excess + 2));
    }
    const double half = L * std::abs(g) / 2, e = std::exp(-2 * half);
    log_cosh[even] += half + std::log1p(e);
    d_cosh[even] += std::tanh(L * g / 2) * L / 2 * g_slope;
    if (q == 0) {
      sign = g < 0 ? -1 : 1;
      // 2 sinh(L g/2) = zero_factor exp(half), derivative zero_slope exp(half).
      zero_factor = sign * -std::expm1(-2 * half);
      zero_slope = (1 + e) * L / 2 * g_slope;
      log_sinh[even] += half;
    } else {
      log_sinh[even] += half + std::log(-std::expm1(-2 * half));
      d_sinh[even] += L / 2.0 * g_slope / std::tanh(L * g / 2);
    }
  }
  const double top = std::max({log_cosh[0], log_cosh[1], log_sinh[0], log_sinh[1]});
  const double a = std::exp(log_cosh[0] - top), b = std::exp(log_sinh[0] - top),
               even_cosh = std::exp(log_cosh[1] - top), even_sinh = std::exp(log_sinh[1] - top);
  const double sum = a + b + even_cosh + even_sinh * zero_factor;
  const double slope = a * d_cosh[0] + b * d_sinh[0] + even_cosh * d_cosh[1] +
                       even_sinh * (zero_slope + zero_factor * d_sinh[1]);
  const double N = static_cast<double>(L) * L;
  return {std::log(2 * sinh2) / 2 + (top + std::log(sum / 2)) / N,
          1 / std::tanh(2 * K) + slope / sum / N};
}

}  // namespace

double ising2d_torus_energy(int L, double T) { return -kaufman(L, 1 / T).slope; }
double ising2d_torus_log_partition(int L, double T) { return kaufman(L, 1 / T).log_z; }

double ising2d_critical_susceptibility_amplitude() { return 1.0921; }

double ising2d_susceptibility(double T) {
  const double r = 1 - ising2d_critical_temperature() / T;
  return 0.9625817322 * std::pow(r, -1.75) + 0.0749881538 * std::pow(r, -0.75) - 0.104133245;
}

double ising2d_correlation_length(double T) { return 1 / (std::log(1 / std::tanh(1 / T)) - 2 / T); }

double second_moment_length(double S_zero, double S_k, double k) {
  return std::sqrt(std::max(0.0, S_zero / S_k - 1)) / (2 * std::sin(k / 2));
}

double ising_chain_second_moment(int d, double K, bool periodic) {
  const double t = std::tanh(K), power = std::pow(t, d);
  if (periodic) return (1 + t) / (1 - t) * (1 - power) / (1 + power);
  return (1 + t) / (1 - t) - 2 * t * (1 - power) / (d * (1 - t) * (1 - t));
}

double ising_chain_correlation(int d, double K, bool periodic, int r) {
  const double t = std::tanh(K);
  if (!periodic) return std::pow(t, r);
  return (std::pow(t, r) + std::pow(t, d - r)) / (1 + std::pow(t, d));
}

double open_chain_wave_number(int d, double t) {
  t = std::abs(t);
  if (t == 0) return M_PI / (d + 1);
  double low = 0, high = M_PI / (d + 1);
  for (int step = 0; step < 200 && low < high; ++step) {
    const double theta = (low + high) / 2;
    if (theta == low || theta == high) break;
    const double f = std::cos(theta * (d + 1) / 2) - t * std::cos(theta * (d - 1) / 2);
    (f > 0 ? low : high) = theta;
  }
  return (low + high) / 2;
}

double open_chain_largest_eigenvalue(int d, double t) {
  t = std::abs(t);
  const double sine = std::sin(open_chain_wave_number(d, t) / 2);
  return (1 - t * t) / ((1 - t) * (1 - t) + 4 * t * sine * sine);
}

double ising_chain_magnetization(double K, double h) {
  return std::sinh(h) / std::hypot(std::sinh(h), std::exp(-2 * K));
}

}  // namespace symbreak::theory
