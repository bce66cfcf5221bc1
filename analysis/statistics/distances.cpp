#include "analysis/statistics/distances.hpp"

#include <algorithm>

#include "analysis/statistics/matrix.hpp"

namespace symbreak::statistics {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double sliced_wasserstein_squared(const Samples& a, const Samples& b, const Samples& directions) {
  double total = 0;
  for (Index k = 0; k < directions.cols(); ++k) {
    VectorXd pa = a.transpose() * directions.col(k), pb = b.transpose() * directions.col(k);
    std::sort(pa.begin(), pa.end());
    std::sort(pb.begin(), pb.end());
    total += (pa - pb).squaredNorm() / static_cast<double>(pa.size());
  }
  return total / static_cast<double>(directions.cols());
}

double energy_distance(const Samples& a, const Samples& b) {
  const auto mean_distance = [](const Samples& u, const Samples& v, bool same) {
    double sum = 0;
    for (Index j = 0; j < v.cols(); ++j) sum += (u.colwise() - v.col(j)).colwise().norm().sum();
    const double pairs =
        static_cast<double>(u.cols()) * static_cast<double>(same ? v.cols() - 1 : v.cols());
    return sum / pairs;
  };
  return 2 * mean_distance(a, b, false) - mean_distance(a, a, true) - mean_distance(b, b, true);
}

double frechet_distance(const VectorXd& mean_a, const MatrixXd& covariance_a,
                        const VectorXd& mean_b, const MatrixXd& covariance_b) {
  // tr (C_a C_b)^{1/2} = tr (C_a^{1/2} C_b C_a^{1/2})^{1/2}: symmetric, real eigenvalues.
  const MatrixXd root = symmetric_root(covariance_a);
  const VectorXd squares = eigenvalues(root * covariance_b * root);
  return (mean_a - mean_b).squaredNorm() + covariance_a.trace() + covariance_b.trace() -
         2 * squares.cwiseMax(0).cwiseSqrt().sum();
}

}  // namespace symbreak::statistics
