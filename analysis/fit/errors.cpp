#include "analysis/fit/errors.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <vector>

namespace symbreak::fit {

namespace {

using boost::math::digamma;
using boost::math::trigamma;

/// Solves trigamma(x) = y > 0.
double inverse_trigamma(double y) {
  double low = 1e-6, high = 1e8;
  for (int i = 0; i < 200 && high > low * (1 + 1e-12); ++i) {
    const double middle = std::sqrt(low * high);
    (trigamma(middle) > y ? low : high) = middle;
  }
  return low;
}

/// E log(chi2_nu/nu).
double bias(double nu) { return digamma(nu / 2) - std::log(nu / 2); }

}  // namespace

Errors moderated(const Errors& errors) {
  Errors result = errors;
  std::vector<Index> estimated;
  for (Index i = 0; i < errors.dof.size(); ++i) {
    if (!(errors.dof[i] >= 1)) result.dof[i] = 1;  // of one sample: worth no more than that
    if (std::isfinite(result.dof[i]) && errors.sigma[i] > 0) estimated.push_back(i);
  }
  const auto n = static_cast<Index>(estimated.size());
  constexpr Index kFewest = 3, kTrend = 6;
  if (n < kFewest) return result;
  const VectorXd sigma = errors.sigma(estimated), dof = result.dof(estimated);
  VectorXd logs(n);
  double chance = 0;
  for (Index i = 0; i < n; ++i) {
    logs[i] = 2 * std::log(sigma[i]) - bias(dof[i]);
    chance += trigamma(dof[i] / 2) / static_cast<double>(n);
  }
  VectorXd level = VectorXd::Constant(n, logs.mean());
  if (n >= kTrend) {
    const VectorXd x = VectorXd::LinSpaced(n, -1, 1);
    level += x * (x.dot(logs) / x.squaredNorm());
  }
  const double scatter =
      (logs - level).squaredNorm() / static_cast<double>(n - (n >= kTrend ? 2 : 1));
  const double most = dof.sum();
  const double prior =
      scatter > chance ? std::min(2 * inverse_trigamma(scatter - chance), most) : most;
  for (Index i = 0; i < n; ++i) {
    const double common = std::exp(level[i] + bias(prior));
    const Index at = estimated[static_cast<std::size_t>(i)];
    result.sigma[at] =
        std::sqrt((prior * common + dof[i] * sigma[i] * sigma[i]) / (prior + dof[i]));
    result.dof[at] = std::min(prior + dof[i], most);
  }
  return result;
}

Propagated propagated(const MatrixXd& jacobian, const MatrixXd& covariance, const VectorXd& dof) {
  const MatrixXd weights = covariance * jacobian.transpose();  // parameters x data
  const VectorXd leverage = jacobian.cwiseProduct(weights.transpose()).rowwise().sum();
  const VectorXd few = dof.cwiseInverse();
  const VectorXd wider = 1 + 4 * few.array() * (1 - leverage.array()).max(0);
  const MatrixXd parts = weights.cwiseAbs2() * wider.asDiagonal();
  const VectorXd variance = parts.rowwise().sum(), noise = parts.cwiseAbs2() * few;
  return {variance.cwiseSqrt(), variance.cwiseAbs2().cwiseQuotient(noise)};
}

}  // namespace symbreak::fit
