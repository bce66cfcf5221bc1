#include "analysis/findings/common/clone_crossing.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/fit/critical.hpp"
#include "analysis/theory/information.hpp"

namespace symbreak::findings {

namespace {

/// A smooth function known at ascending nodes (at least three), between them.
double interpolated(const std::vector<double>& x, const std::vector<double>& y, double at) {
  // Lagrange's polynomial through the two nodes on either side, fewer where there are fewer.
  const std::size_t nodes = std::min<std::size_t>(4, x.size());
  std::size_t first = 0;
  while (first + nodes < x.size() && x[first + nodes / 2] < at) ++first;
  double sum = 0;
  for (std::size_t j = first; j < first + nodes; ++j) {
    double basis = 1;
    for (std::size_t k = first; k < first + nodes; ++k) {
      if (k != j) basis *= (at - x[k]) / (x[j] - x[k]);
    }
    sum += basis * y[j];
  }
  return sum;
}

}  // namespace

std::optional<CloneCrossing> clone_crossing(const std::vector<double>& noise,
                                            const std::vector<double>& time,
                                            const std::vector<statistics::Value>& probability) {
  const double level = std::log(1 / (1 / (2 * theory::clone_probability(1) - 1) - 1));
  std::vector<double> log_s, x;
  std::vector<statistics::Value> y;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    log_s.push_back(std::log(noise[i]));
    const auto& [p, error, dof] = probability[i];
    if (p < 0.63 || p > 0.9 || !(error > 0)) continue;
    const double q = 2 * p - 1;
    x.push_back(log_s[i]);
    y.push_back({std::log(q / (1 - q)) - level, 2 * error / (q * (1 - q)), dof});
  }
  if (x.size() < 4) return std::nullopt;
  const VectorXd at = vector_of(x);
  const fit::Fit zero = fit::polynomial_zero(at, fit::values_of(y), fit::errors_of(y),
                                             x.size() >= 6 ? 3 : 2, at.mean());
  if (!zero.converged) return std::nullopt;
  const double found = zero.value[0], spread = zero.error[0];
  const auto at_time = [&](double v) { return interpolated(log_s, time, v); };
  return CloneCrossing{
      {at_time(found), std::abs(at_time(found + spread) - at_time(found - spread)) / 2,
       zero.error_dof[0]},
      static_cast<int>(x.size())};
}

}  // namespace symbreak::findings
