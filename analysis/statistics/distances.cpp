#include "analysis/statistics/distances.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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
  const MatrixXd root = symmetric_spectrum(covariance_a).root();
  const VectorXd squares = eigenvalues(root * covariance_b * root);
  return (mean_a - mean_b).squaredNorm() + covariance_a.trace() + covariance_b.trace() -
         2 * squares.cwiseMax(0).cwiseSqrt().sum();
}

double frechet_distance(const Samples& a, const Samples& b) {
  const auto deviations = [](const Samples& y, const VectorXd& mean) -> MatrixXd {
    return (y.colwise() - mean) / std::sqrt(static_cast<double>(y.cols() - 1));
  };
  const VectorXd mean_a = a.rowwise().mean(), mean_b = b.rowwise().mean();
  MatrixXd fewer = deviations(a, mean_a), more = deviations(b, mean_b);
  if (fewer.cols() > more.cols()) std::swap(fewer, more);
  const Eigen::Index d = a.rows();
  if (fewer.cols() >= d) {
    return frechet_distance(mean_a, fewer * fewer.transpose(), mean_b, more * more.transpose());
  }
  MatrixXd squares;
  if (more.cols() > d) {
    squares = fewer.transpose() * (more * more.transpose()) * fewer;
  } else {
    const MatrixXd product = fewer.transpose() * more;
    squares = product * product.transpose();
  }
  return (mean_a - mean_b).squaredNorm() + fewer.squaredNorm() + more.squaredNorm() -
         2 * eigenvalues(squares).cwiseMax(0).cwiseSqrt().sum();
}

}  // namespace symbreak::statistics
