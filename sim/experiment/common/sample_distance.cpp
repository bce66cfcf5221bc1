#include "sim/experiment/common/sample_distance.hpp"

#include "analysis/statistics/distances.hpp"

namespace symbreak::experiment {

using Eigen::MatrixXd;

double wasserstein_excess(const MatrixXd& y, const MatrixXd& a, const MatrixXd& b,
                          random::Stream& directions) {
  constexpr Eigen::Index kDirections = 32;
  MatrixXd along = MatrixXd::Ones(1, 1);
  if (y.rows() > 1) {
    along.resize(y.rows(), kDirections);
    directions.normals({along.data(), static_cast<std::size_t>(along.size())});
    along.colwise().normalize();
  }
  return statistics::sliced_wasserstein_squared(y, a, along) -
         statistics::sliced_wasserstein_squared(b, a, along);
}

}  // namespace symbreak::experiment
