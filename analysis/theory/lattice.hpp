// Definitions on lattices that what is measured and what is found share. May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <cmath>

namespace symbreak::theory {

/// Second-moment correlation length from S(0) and S at the smallest wave number 2pi/L:
/// xi = sqrt(S(0)/S(k_1) - 1)/(2 sin(pi/L)); 0 where S(0) < S(k_1).
inline double second_moment_length(double s0, double s1, Eigen::Index side) {
  const double ratio = s0 / s1 - 1;
  return ratio > 0 ? std::sqrt(ratio) / (2 * std::sin(M_PI / static_cast<double>(side))) : 0;
}

/// Classes of domain sizes: 2^n .. 2^{n+1}-1 sites.
inline constexpr Eigen::Index kDomainClasses = 16;

}  // namespace symbreak::theory
