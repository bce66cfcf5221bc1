#include "analysis/statistics/normality.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <numeric>

#include "analysis/statistics/tail.hpp"

namespace symbreak::statistics {

namespace {

namespace law = boost::math;

Tail tail(const std::vector<double>& z, double limit) {
  Tail found{.limit = limit};
  for (const double value : z) found.count += std::abs(value) > limit ? 1 : 0;
  const law::binomial counts(static_cast<double>(z.size()), two_sided(limit));
  // The quantiles of this law are rounded outwards: at least .999 lies within.
  found.least = static_cast<std::size_t>(law::quantile(counts, 5e-4));
  found.most = static_cast<std::size_t>(law::quantile(law::complement(counts, 5e-4)));
  return found;
}

}  // namespace

double anderson_darling_tail(double a) {
  if (a <= 0) return 1;
  if (a < 2) {
    return 1 -
           std::exp(-1.2337141 / a) / std::sqrt(a) *
               (2.00012 +
                (.247105 - (.0649821 - (.0347962 - (.011672 - .00168691 * a) * a) * a) * a) * a);
  }
  return -std::expm1(-std::exp(
      1.0776 - (2.30695 - (.43424 - (.082433 - (.008056 - .0003146 * a) * a) * a) * a) * a));
}

Normality normality(std::vector<double> z) {
  std::sort(z.begin(), z.end());
  const auto n = static_cast<double>(z.size());
  Normality found{.count = z.size(), .two = tail(z, 2), .three = tail(z, 3)};
  found.mean = std::accumulate(z.begin(), z.end(), 0.0) / n;
  // About the mean that is claimed, 0.
  const double squares = std::inner_product(z.begin(), z.end(), z.begin(), 0.0);
  found.variance = squares / n;
  found.mean_p = two_sided(found.mean * std::sqrt(n));
  found.variance_p = two_sided(chi_squared_deviate(squares, n));
  // A^2 = -n - sum_i (2i-1)/n (ln F(z_i) + ln (1 - F(z_{n+1-i}))); tails as far as a double holds.
  const auto log_cdf = [&](double value) {
    return std::log(std::erfc(-std::max(value, -37.0) / std::sqrt(2.0)) / 2);
  };
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    sum += (2.0 * static_cast<double>(i) + 1) * (log_cdf(z[i]) + log_cdf(-z[z.size() - 1 - i]));
  }
  found.anderson_darling = -n - sum / n;
  found.anderson_p = anderson_darling_tail(found.anderson_darling);
  return found;
}

double mean_tail(const std::vector<double>& values, double expected, double shared) {
  if (values.size() < 2) return 1;
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double variance = squares / (n - 1) / n + shared * shared;
  if (variance <= 0) return mean == expected ? 1 : 0;
  const double t = (mean - expected) / std::sqrt(variance);
  return two_sided(normal_deviate(t, n - 1));
}

}  // namespace symbreak::statistics
