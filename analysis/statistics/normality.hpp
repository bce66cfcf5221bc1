// Whether standardised deviations z are what they claim to be: independent and standard normal.
#pragma once
#include <cstddef>
#include <vector>

namespace symbreak::statistics {

/// Number of |z| beyond a limit against its binomial law.
struct Tail {
  double limit = 0;
  std::size_t count = 0, least = 0, most = 0;  ///< band that holds the count with probability .999
  bool fits() const { return least <= count && count <= most; }
};

/// Independent deviations against N(0, 1). The p-values are probabilities of something at least as
/// far off.
struct Normality {
  std::size_t count = 0;
  double mean = 0, variance = 0;
  double mean_p = 1, variance_p = 1;            ///< two-sided, Gauss and chi^2 about the mean 0
  double anderson_darling = 0, anderson_p = 1;  ///< A^2 of the fully specified law
  Tail two, three;
};
/// `z` finite, at least one.
Normality normality(std::vector<double> z);

/// P(A^2 > a) of a fully specified continuous law, n -> infinity (Marsaglia & Marsaglia, J. Stat.
/// Softw. 9(2), 2004, adinf: error below 2e-6; below 1e-3 already for n >= 10).
double anderson_darling_tail(double a);

/// Two-sided p of a mean of independent, roughly normal values against `expected`, by Student's t;
/// 1 for fewer than two values or values that are all as expected. `shared`: standard deviation of a
/// deviation that all of them have in common.
double mean_tail(const std::vector<double>& values, double expected, double shared = 0);

}  // namespace symbreak::statistics
