#include "analysis/fit/series.hpp"

#include <cmath>

namespace symbreak::fit {

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
  fit.value.tail(corrections) = c.tail(corrections);
  fit.value[amplitude] = std::exp(fit.value[amplitude]);
  jacobian(amplitude, amplitude) = fit.value[amplitude];
  fit.covariance = jacobian * fit.covariance * jacobian.transpose();
  fit.error = fit.covariance.diagonal().cwiseSqrt();
}

}  // namespace symbreak::fit
