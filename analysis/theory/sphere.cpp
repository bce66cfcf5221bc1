#include "analysis/theory/sphere.hpp"

#include <array>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

namespace symbreak::theory {

namespace {

// Two representations of I_nu(kappa), nu = d/2 - 1:
// the power series 0F1(nu+1; kappa^2/4), all terms positive, while it is short and does not
// overflow; else Debye's uniform expansion (DLMF 10.41.3, 10.41.5) in 1/R, R = sqrt(nu^2+kappa^2).
// u_k(p)/nu^k with p = nu/R is R^{-k} times a polynomial in p^2: uniform down to nu = 0.
bool use_series(double nu, double kappa) {
  return kappa <= 200 || kappa * kappa <= 2400 * (nu + 1);
}

template <class T>
T hypergeometric(double b, T quarter_square) {
  T sum = 1, term = 1;
  for (int k = 1; k < 100000; ++k) {
    term *= quarter_square / (k * (b + k - 1));
    sum += term;
    if (std::abs(term) < 1e-18 * std::abs(sum)) break;
  }
  return sum;
}

/// Coefficients of u_k and v_k - u_k: row k, polynomials in p^2, a factor p^k taken out.
struct Debye {
  static constexpr int kOrder = 8;
  std::array<std::vector<double>, kOrder + 1> u, difference;

  Debye() {
    u[0] = {1};
    difference[0] = {0};
    for (int k = 0; k < kOrder; ++k) {
      const auto row = static_cast<std::size_t>(k);
      std::vector<double> next(row + 2, 0), change(row + 2, 0);
      for (std::size_t j = 0; j <= row; ++j) {
        const double c = u[row][j], n = k + 2.0 * static_cast<double>(j);  // the term c p^n
        // u_{k+1} = p^2 (1-p^2) u_k'/2 + (1/8) int_0^p (1 - 5 t^2) u_k dt
        next[j] += c * (n / 2 + 1 / (8 * (n + 1)));
        next[j + 1] -= c * (n / 2 + 5 / (8 * (n + 3)));
        // v_{k+1} - u_{k+1} = p (p^2-1) (u_k/2 + p u_k')
        change[j] -= c * (0.5 + n);
        change[j + 1] += c * (0.5 + n);
      }
      u[row + 1] = next;
      difference[row + 1] = change;
    }
  }

  template <class T>
  static T sum(const std::array<std::vector<double>, kOrder + 1>& rows, T R, double nu) {
    const T p2 = nu * nu / (R * R);
    T total = 0, scale = 1;
    for (const auto& row : rows) {
      T polynomial = 0;
      for (std::size_t j = row.size(); j-- > 0;) polynomial = polynomial * p2 + row[j];
      total += scale * polynomial;
      scale /= R;
    }
    return total;
  }
};

const Debye& debye() {
  static const Debye coefficients;
  return coefficients;
}

/// I_{nu+1}/I_nu, also for complex kappa near the real axis.
template <class T>
T ratio(double nu, T kappa, bool series) {
  if (series) {
    const T z = kappa * kappa / 4.0;
    return kappa / (2 * (nu + 1)) * hypergeometric(nu + 2, z) / hypergeometric(nu + 1, z);
  }
  // I_{nu+1}/I_nu = I'_nu/I_nu - nu/kappa = (R V/U - nu)/kappa with R - nu = kappa^2/(R + nu).
  const T R = std::sqrt(nu * nu + kappa * kappa);
  return kappa / (R + nu) +
         R / kappa * Debye::sum(debye().difference, R, nu) / Debye::sum(debye().u, R, nu);
}

}  // namespace

double bessel_ratio(double d, double kappa) {
  const double nu = d / 2 - 1;
  return ratio(nu, kappa, use_series(nu, kappa));
}

double bessel_ratio_slope(double d, double kappa) {
  if (kappa == 0) return 1 / d;
  // Complex-step derivative: no difference of nearly equal numbers (Squire & Trapp 1998).
  const double nu = d / 2 - 1, h = 1e-30 * kappa;
  return ratio(nu, std::complex<double>(kappa, h), use_series(nu, kappa)).imag() / h;
}

double log_sphere_average(double d, double kappa) {
  const double nu = d / 2 - 1;
  if (use_series(nu, kappa)) return std::log(hypergeometric(nu + 1, kappa * kappa / 4));
  const double R = std::hypot(nu, kappa);
  constexpr double kLog2Pi = 1.8378770664093454836;
  const double log_bessel = R + nu * std::log(kappa / (nu + R)) - (kLog2Pi + std::log(R)) / 2 +
                            std::log(Debye::sum(debye().u, R, nu));
  return std::lgamma(d / 2) + nu * std::log(2 / kappa) + log_bessel;
}

double sphere_magnetization(double d, double radius, double noise) {
  if (noise * d >= radius * radius) return 0;
  // A_d(kappa)/kappa falls from 1/d to 0: solve A/kappa = s/r^2 for kappa = r m/s.
  const double target = noise / (radius * radius);
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      [=](double kappa) { return bessel_ratio(d, kappa) / kappa - target; }, 1e-7, 1 / target,
      boost::math::tools::eps_tolerance<double>(50), iterations);
  return noise / radius * (bracket.first + bracket.second) / 2;
}

}  // namespace symbreak::theory
