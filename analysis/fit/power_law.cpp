#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <vector>

#include "analysis/fit/critical.hpp"

namespace symbreak::fit {

namespace {

constexpr double acceptable_p_value = 0.05;
constexpr double largest_relative_error = 0.02;  // of y, for a fit of log y

struct Data {
  VectorXd x, y;  // x ascending
  Errors errors;
  Index size() const { return x.size(); }
  Data slice(Index first, Index count) const {
    const auto rows = Eigen::seqN(first, count);
    return {x(rows), y(rows), errors.of(rows)};
  }
};

Data sorted(const VectorXd& x, const VectorXd& y, const Errors& errors) {
  if (x.size() != y.size() || x.size() != errors.sigma.size()) {
    throw std::invalid_argument(
        fmt::format("power law: {} x, {} y, {} errors", x.size(), y.size(), errors.sigma.size()));
  }
  if (!((x.array() > 0).all() && (y.array() > 0).all())) {
    throw std::invalid_argument("power law: x and y must be positive");
  }
  std::vector<Index> order(static_cast<std::size_t>(x.size()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return x[a] < x[b]; });
  return {x(order), y(order), moderated(errors.of(order))};
}

/// Parameters (..., log A, ..., b_1, ..., b_K): log A at `amplitude` becomes A, the last
/// `corrections` b_k become the coefficients c_k of exp(b_1 u + b_2 u^2 + ...) = 1 + c_1 u + ...,
/// with k c_k = sum_{j<=k} j b_j c_{k-j} and d c_k / d b_j = c_{k-j}; covariance and errors follow.
void exponentiate(Fit& fit, Index amplitude, Index corrections) {
  const Index first = fit.value.size() - corrections;
  VectorXd c = VectorXd::Zero(corrections + 1);
  c[0] = 1;
  for (Index k = 1; k <= corrections; ++k) {
    for (Index j = 1; j <= k; ++j) {
      c[k] += static_cast<double>(j) / static_cast<double>(k) * fit.value[first + j - 1] * c[k - j];
    }
  }
  MatrixXd jacobian = MatrixXd::Identity(fit.value.size(), fit.value.size());
  for (Index k = 1; k <= corrections; ++k) {
    for (Index j = 1; j <= k; ++j) jacobian(first + k - 1, first + j - 1) = c[k - j];
  }
  VectorXd value = fit.value;
  value.tail(corrections) = c.tail(corrections);
  value[amplitude] = std::exp(value[amplitude]);
  jacobian(amplitude, amplitude) = value[amplitude];
  fit.transform(value, jacobian);
}

Fit power_law(const Data& data, const PowerLaw& options) {
  if (options.corrections < 0 || !(options.correction_exponent > 0)) {
    throw std::invalid_argument(
        fmt::format("power law: {} corrections with exponent {}; at least 0, positive",
                    options.corrections, options.correction_exponent));
  }
  MatrixXd design(data.size(), 2 + options.corrections);
  design.col(0) = data.x.array().log();
  design.col(1).setOnes();
  for (int k = 1; k <= options.corrections; ++k) {
    design.col(1 + k) = data.x.array().pow(k * options.correction_exponent);
  }
  Errors relative = data.errors;
  relative.sigma = relative.sigma.cwiseQuotient(data.y);
  Fit fit = linear(design, data.y.array().log(), relative);
  if (relative.sigma.maxCoeff() > largest_relative_error) {
    const Model model = [&](const VectorXd& p) -> VectorXd { return (design * p).array().exp(); };
    fit = nonlinear(model, fit.value, data.y, data.errors);
  }
  exponentiate(fit, 1, options.corrections);
  fit.window = fmt::format("{} points, x in [{:.4g}, {:.4g}], {} corrections", data.size(),
                           data.x[0], data.x[data.size() - 1], options.corrections);
  return fit;
}

}  // namespace

Fit power_law(const VectorXd& x, const VectorXd& y, const Errors& errors, PowerLaw options) {
  return power_law(sorted(x, y, errors), options);
}

Fit power_law_scan(const VectorXd& x, const VectorXd& y, const Errors& errors, PowerLaw options) {
  const Data data = sorted(x, y, errors);
  const Index least = 2 + options.corrections + 2;  // two degrees of freedom
  if (data.size() < least) {
    throw std::invalid_argument(
        fmt::format("power law: {} points; a scan with {} corrections "
                    "needs {}",
                    data.size(), options.corrections, least));
  }
  Index count = data.size();
  Fit best = power_law(data, options);
  while (!(best.p_value > acceptable_p_value) && count > least) {
    best = power_law(data.slice(0, --count), options);
  }
  best.converged = best.converged && best.p_value > acceptable_p_value;
  const auto compare = [&](Index first, Index points) {
    const double p = power_law(data.slice(first, points), options).value[0];
    best.window_shift = std::max(best.window_shift, std::abs(p - best.value[0]));
  };
  for (Index fewer = std::max(least, (7 * count + 9) / 10); fewer < count; ++fewer) {
    compare(0, fewer);
  }
  for (Index first = 1; first <= 2 && count - first >= least; ++first)
    compare(first, count - first);
  return best;
}

Fit power_law_deterministic(const VectorXd& x, const VectorXd& y, const VectorXd& sigma,
                            int max_corrections) {
  const double rounding = 4 * std::numeric_limits<double>::epsilon();
  const Data data = sorted(x, y, VectorXd(sigma.cwiseMax(rounding * y.cwiseAbs())));
  std::optional<Fit> best;
  // Windows shrink by a quarter of their points; each is compared with the next smaller one.
  for (Index count = data.size(); count >= 4; count -= (count + 3) / 4) {
    const Data window = data.slice(0, count), inner = data.slice(0, count - (count + 3) / 4);
    double previous = 0;
    for (int k = 0; k <= max_corrections && k + 2 <= inner.size(); ++k) {
      Fit fit = power_law(window, {k, 1});
      const double p = fit.value[0];
      fit.window_shift = std::abs(power_law(inner, {k, 1}).value[0] - p);
      const double misfit = std::sqrt(std::max(1.0, fit.chi2_per_dof()));
      fit.error[0] =
          std::max({misfit * fit.error[0], fit.window_shift, k > 0 ? std::abs(p - previous) : 0});
      previous = p;
      if (k > 0 && (!best || fit.error[0] < best->error[0])) best = fit;
    }
  }
  if (!best) {
    throw std::invalid_argument(fmt::format(
        "power law: {} points, {} corrections; at least 4 and 1", data.size(), max_corrections));
  }
  return *best;
}

}  // namespace symbreak::fit
