#include "analysis/statistics/tail.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace symbreak::statistics {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double smallest_tail = 1e-290;  // rarer ones by asymptotic forms

/// z > 0 with P(normal > z) = p.
double upper_deviate(double p) {
  return quantile(complement(boost::math::normal_distribution<double>(), p));
}

}  // namespace

double normal_deviate(double t, double dof) {
  if (std::isnan(t) || !(dof > 0)) return unknown;
  // Beyond 1e12 degrees of freedom z = t to all digits.
  if (dof > 1e12 || t == 0 || std::isinf(t)) return t;
  const double p = cdf(complement(boost::math::students_t_distribution<double>(dof), std::abs(t)));
  // D. L. Wallace, Ann. Math. Statist. 30 (1959) 1121: to better than 1 % where z > 36.
  const double z = p > smallest_tail
                       ? upper_deviate(p)
                       : (8 * dof + 1) / (8 * dof + 3) * std::sqrt(dof * std::log1p(t * t / dof));
  return std::copysign(z, t);
}

double chi_squared_deviate(double sum, double n) {
  if (std::isnan(sum) || sum < 0 || !(n > 0)) return unknown;
  if (std::isinf(sum)) return sum;
  const boost::math::chi_squared_distribution<double> law(n);
  const double above = cdf(complement(law, sum)), below = cdf(law, sum);
  // R. A. Fisher's approximation, where a double holds no probability any more.
  if (above < smallest_tail || below < smallest_tail) {
    return std::sqrt(2 * sum) - std::sqrt(2 * n - 1);
  }
  return above < 0.5 ? upper_deviate(above) : -upper_deviate(below);
}

double two_sided(double deviate) { return std::erfc(std::abs(deviate) / std::sqrt(2.0)); }

double f_tail(double ratio, double dof_1, double dof_2) {
  if (!(dof_1 > 0 && dof_2 > 0) || std::isnan(ratio)) return unknown;
  if (std::isinf(ratio)) return 0;
  return cdf(complement(boost::math::fisher_f_distribution<double>(dof_1, dof_2), ratio));
}

double combined_dof(double error_1, double dof_1, double error_2, double dof_2) {
  const double a = error_1 * error_1, b = error_2 * error_2;
  if (a == 0 && b == 0) return dof_1 < dof_2 ? dof_1 : dof_2;
  // An error of zero adds no noise, however few its degrees of freedom.
  const double noise = (a > 0 ? a / (a + b) * (a / (a + b)) / dof_1 : 0) +
                       (b > 0 ? b / (a + b) * (b / (a + b)) / dof_2 : 0);
  return 1 / noise;
}

double degrees_of_freedom(std::span<const double> values, double dof) {
  const double n = static_cast<double>(values.size());
  double mean = 0, second = 0, fourth = 0;
  for (const double value : values) mean += value / n;
  for (const double value : values) {
    const double square = (value - mean) * (value - mean);
    second += square / n;
    fourth += square * square / n;
  }
  const double kurtosis = fourth / (second * second) - 3;
  if (!(kurtosis > 3 * std::sqrt(24 / n))) return dof;
  constexpr double kOne = 1.5;  // values that make the variance
  return n / (kurtosis + 3) < kOne ? 0.5 : 2 / (2 / dof + kurtosis / n);
}

Value operator+(Value a, Value b) {
  return {a.value + b.value, std::hypot(a.error, b.error),
          combined_dof(a.error, a.dof, b.error, b.dof)};
}

Value operator-(Value a, Value b) { return a + -1.0 * b; }

}  // namespace symbreak::statistics
