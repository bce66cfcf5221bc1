// Gaussian averages by the trapezoid rule. May depend on: the standard library.
#pragma once
#include <cmath>

namespace symbreak::theory {

/// E f(z), z ~ N(0,1), for smooth f of at most exponential growth: trapezoid rule on |z| <= reach,
/// exponentially convergent (error ~ exp(-2 pi^2/step^2) for entire f).
template <class Function>
double gaussian_average(const Function& f, double reach = 14, double step = 0.02) {
  double sum = 0;
  const int half = static_cast<int>(reach / step);
  for (int i = -half; i <= half; ++i) {
    const double z = step * i;
    sum += std::exp(-z * z / 2) * f(z);
  }
  return sum * step / std::sqrt(2 * M_PI);
}

/// log(2 cosh u) without overflow.
inline double log_2cosh(double u) { return std::abs(u) + std::log1p(std::exp(-2 * std::abs(u))); }

}  // namespace symbreak::theory
