#include "sim/target/points/nearest.hpp"

namespace symbreak::target {

NearestSearch::NearestSearch(MatrixXd states)
    : states_(std::move(states)),
      nearest_(states_.rows(), states_.cols()),
      rounded_(states_.cast<float>()),
      norms_(states_.colwise().norm()),
      best_{std::vector<Index>(static_cast<std::size_t>(states_.cols()), -1),
            VectorXd::Constant(states_.cols(), INFINITY),
            VectorXd::Constant(states_.cols(), INFINITY)} {}

void NearestSearch::add(Index first, const MatrixXd& points) {
  look_through(first, points.cast<float>(), points.colwise().squaredNorm().transpose() / 2,
               [&](Index j) { return points.col(j); });
}

void NearestSearch::add(Index first, const Eigen::Ref<const Eigen::MatrixXf>& points,
                        const Eigen::Ref<const VectorXd>& half_norms) {
  look_through(first, points, half_norms,
               [&](Index j) -> VectorXd { return points.col(j).cast<double>(); });
}

template <class Exact>
void NearestSearch::look_through(Index first, const Eigen::Ref<const Eigen::MatrixXf>& points,
                                 const Eigen::Ref<const VectorXd>& half_norms, const Exact& exact) {
  products_.noalias() = points.transpose() * rounded_;
  const double largest = std::sqrt(2 * half_norms.maxCoeff());
  // Of the product; of both factors, |y|^2/2 and the difference of the two.
  constexpr double kUnit = 0x1p-24, kOthers = 8;
  const double rounding = (static_cast<double>(points.rows()) + kOthers) * kUnit;
  const Eigen::VectorXf halves = half_norms.cast<float>();
  for (Index k = 0; k < states_.cols(); ++k) {
    const auto limit = [&] {
      return static_cast<float>((best_.second[k] - norms_[k] * norms_[k]) / 2 +
                                rounding * largest * (norms_[k] + largest) +
                                kOthers * kUnit * norms_[k] * norms_[k]);
    };
    float furthest = limit();
    for (Index j = 0; j < points.cols(); ++j) {
      if (halves[j] - products_(j, k) > furthest) continue;
      look_at(k, first + j, exact(j));
      furthest = limit();
    }
  }
}

void NearestSearch::look_at(Index walker, Index datum, const Eigen::Ref<const VectorXd>& point) {
  const double square = (point - states_.col(walker)).squaredNorm();
  double &nearest = best_.first[walker], &second = best_.second[walker];
  if (square >= second) return;
  // A duplicate of the nearest point is not a second neighbour.
  if (square == nearest && nearest_.col(walker) == point) return;
  if (square < nearest) {
    second = nearest;
    nearest = square;
    best_.datum[static_cast<std::size_t>(walker)] = datum;
    nearest_.col(walker) = point;
  } else {
    second = square;
  }
}

FiniteSupport::Nearest NearestSearch::finish() {
  best_.first = best_.first.cwiseSqrt();
  best_.second = best_.second.cwiseSqrt();
  return std::move(best_);
}

}  // namespace symbreak::target
