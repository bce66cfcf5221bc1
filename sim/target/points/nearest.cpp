#include "sim/target/points/nearest.hpp"

#include <cmath>

namespace symbreak::target {

NearestSearch::NearestSearch(MatrixXd states)
    : states_(std::move(states)),
      nearest_(states_.rows(), states_.cols()),
      pairs_(states_),
      best_{std::vector<Index>(static_cast<std::size_t>(states_.cols()), -1),
            VectorXd::Constant(states_.cols(), INFINITY),
            VectorXd::Constant(states_.cols(), INFINITY)} {}

void NearestSearch::add(Index first, const MatrixXd& points) {
  const Eigen::MatrixXf rounded = points.cast<float>();
  const VectorXd half_norms = points.colwise().squaredNorm().transpose() / 2;
  pairs_.add(rounded.data(), half_norms.data(), points.cols(),
             [&](Index state, Index j) { return measure(state, first + j, points.col(j)); });
}

void NearestSearch::add(Index first, const Eigen::Map<const Eigen::MatrixXf>& points,
                        const double* half_norms) {
  pairs_.add(points.data(), half_norms, points.cols(), [&](Index state, Index j) {
    exact_ = points.col(j).cast<double>();
    return measure(state, first + j, exact_);
  });
}

double NearestSearch::measure(Index state, Index datum, const Eigen::Ref<const VectorXd>& point) {
  const double square = (point - states_.col(state)).squaredNorm();
  double &nearest = best_.first[state], &second = best_.second[state];
  Index& best = best_.datum[static_cast<std::size_t>(state)];
  // A duplicate of the nearest point is not a second neighbour.
  const auto differs = [&] { return square != nearest || nearest_.col(state) != point; };
  if (square < nearest || (square == nearest && datum < best)) {
    if (best >= 0 && differs()) second = nearest;
    nearest = square;
    best = datum;
    nearest_.col(state) = point;
  } else if (square < second && differs()) {
    second = square;
  }
  return second;
}

FiniteSupport::Nearest NearestSearch::finish() {
  for (Eigen::VectorXd* distances : {&best_.first, &best_.second}) {
    // Not Eigen's, which with AVX-512 may err in the last digit: equal distances are equal.
    for (double& value : *distances) value = std::sqrt(value);
  }
  return std::move(best_);
}

}  // namespace symbreak::target
