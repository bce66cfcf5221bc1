#include "sim/experiment/common/sample_distance.hpp"

#include "analysis/findings/common/generated_observables.hpp"
#include "analysis/statistics/distances.hpp"
#include "sim/random/draws.hpp"

namespace symbreak::experiment {

using Eigen::MatrixXd;

double wasserstein_excess(const MatrixXd& y, const MatrixXd& a, const MatrixXd& b,
                          random::Stream& directions) {
  constexpr Eigen::Index kDirections = 32;
  const MatrixXd along = random::directions(directions, y.rows(), kDirections);
  return statistics::sliced_wasserstein_squared(y, a, along) -
         statistics::sliced_wasserstein_squared(b, a, along);
}

Eigen::VectorXd occupation(const target::CleanData& data, const MatrixXd& x) {
  // Not by the class shares: classes of one dimension are known as intervals.
  Eigen::VectorXd occupied = Eigen::VectorXd::Zero(data.classes());
  const double each = 1 / static_cast<double>(x.cols());
  for (const Eigen::Index label : data.classify(x)) {
    if (label < 0) occupied.array() += each / static_cast<double>(data.classes());
    if (label >= 0) occupied[label] += each;
  }
  return occupied;
}

measure::ObservableInfo occupation_info(const target::CleanData& data) {
  return {.name = findings::generated::observable::branch_occupation,
          .shape = {data.classes()},
          .text = "fraction of generated data in each class"};
}

measure::ObservableInfo wasserstein_info() {
  return {
      .name = findings::generated::observable::wasserstein_2_excess,
      .text = "(sliced) W_2^2 of generated to exact samples minus that of exact to exact samples"};
}

}  // namespace symbreak::experiment
