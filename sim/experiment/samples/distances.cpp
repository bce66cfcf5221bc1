#include "sim/experiment/samples/distances.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/distances.hpp"

namespace symbreak::experiment::samples {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kGroups = 5;

/// All columns but every kGroups-th, from `left_out` on.
MatrixXd without(const MatrixXd& points, Index left_out) {
  MatrixXd kept(points.rows(), points.cols());
  Index count = 0;
  for (Index k = 0; k < points.cols(); ++k) {
    if (k % kGroups != left_out) kept.col(count++) = points.col(k);
  }
  return kept.leftCols(count);
}

/// Error by leaving out a group of both samples at a time.
template <class Statistic>
Distance jackknifed(const MatrixXd& a, const MatrixXd& b, const Statistic& statistic) {
  Distance distance{statistic(a, b), NAN};
  if (std::min(a.cols(), b.cols()) < 2 * kGroups) return distance;
  VectorXd left(kGroups);
  for (Index g = 0; g < kGroups; ++g) left[g] = statistic(without(a, g), without(b, g));
  const double groups = static_cast<double>(kGroups);
  distance.error = std::sqrt((groups - 1) / groups * (left.array() - left.mean()).square().sum());
  return distance;
}

}  // namespace

Distance frechet(const MatrixXd& a, const MatrixXd& b) {
  return jackknifed(a, b, [](const MatrixXd& p, const MatrixXd& q) {
    return statistics::frechet_distance(p, q);
  });
}

Distance wasserstein(const MatrixXd& a, const MatrixXd& b, const MatrixXd& along) {
  return jackknifed(a, b, [&](const MatrixXd& p, const MatrixXd& q) {
    const Index n = std::min(p.cols(), q.cols());
    return statistics::sliced_wasserstein_squared(p.leftCols(n), q.leftCols(n), along);
  });
}

}  // namespace symbreak::experiment::samples
