#include "analysis/fit/errors.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <map>

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

VectorXd values_of(const std::vector<statistics::Value>& data) {
  VectorXd y(static_cast<Index>(data.size()));
  std::ranges::transform(data, y.begin(), &statistics::Value::value);
  return y;
}

Errors errors_of(const std::vector<statistics::Value>& data) {
  VectorXd sigma(static_cast<Index>(data.size())), dof = sigma;
  std::ranges::transform(data, sigma.begin(), &statistics::Value::error);
  std::ranges::transform(data, dof.begin(), &statistics::Value::dof);
  return {sigma, dof};
}

Errors moderated(const Errors& errors) {
  Errors result = errors;
  result.shared = true;
  if (errors.shared) return result;
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

Errors moderated(const Errors& errors, const VectorXd& label) {
  std::map<double, std::vector<Index>> groups;
  for (Index i = 0; i < label.size(); ++i) groups[label[i]].push_back(i);
  Errors result{errors.sigma, errors.freedom(), true};
  for (const auto& [value, rows] : groups) {
    const Errors group = moderated(errors.of(rows));
    result.sigma(rows) = group.sigma;
    result.dof(rows) = group.freedom();
  }
  return result;
}

VectorXd Noise::freedom() const {
  const MatrixXd variance = parts.cwiseAbs2();
  const VectorXd noise = variance.cwiseAbs2() * dof.cwiseInverse();
  return variance.rowwise().sum().cwiseAbs2().cwiseQuotient(noise);
}

Noise joined(const Noise& these, const Noise& those) {
  Noise both{MatrixXd(these.parts.rows(), these.parts.cols() + those.parts.cols()),
             VectorXd(these.dof.size() + those.dof.size())};
  both.parts << these.parts, those.parts;
  both.dof << these.dof, those.dof;
  return both;
}

VectorXd widening(const MatrixXd& jacobian, const MatrixXd& covariance, const VectorXd& dof) {
  const VectorXd leverage = (jacobian * covariance).cwiseProduct(jacobian).rowwise().sum();
  return (1 + 4 * dof.cwiseInverse().array() * (1 - leverage.array()).max(0)).sqrt();
}

Noise propagated(const MatrixXd& jacobian, const MatrixXd& covariance, const VectorXd& dof) {
  const VectorXd wider = widening(jacobian, covariance, dof);
  return {covariance * jacobian.transpose() * wider.asDiagonal(), dof};
}

}  // namespace symbreak::fit
