// What all targets of finite support share: phi(y) = sum_j exp(log_weight_j) delta(y - y_j), the
// weights normalised. May depend on: sim/target/target.hpp, sim/kernel.
//
// Posterior weights w_j(x) ~ exp(log_weight_j + beta (x.y_j - |y_j|^2/2)), in log space throughout.
#pragma once
#include <vector>

#include "sim/target/target.hpp"

namespace symbreak::target {

/// `Scalar` is the storage of the points: double for a few points, float for datasets. Results are
/// double either way. Duplicate points are allowed and count separately.
template <class Scalar>
class FiniteTarget : public Target {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  Index dimension() const override { return points_.rows(); }
  Index count() const { return points_.cols(); }

  Posterior posterior(const States& x, const Betas& beta) const override;
  /// beta Cov(y) v, with deviations taken from the heaviest point: exact zeros, not rounding errors
  /// of size beta |y|^2, when that point holds all the weight. In double whatever the storage.
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override;
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override;

  VectorXd mean_of_target() const override { return mean_; }
  std::optional<MatrixXd> covariance() const override;
  MatrixXd order_axes() const override;

  Index classes() const override { return class_weights_.size(); }
  VectorXd class_weights() const override { return class_weights_; }
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override;
  /// Class of the nearest point.
  std::vector<Index> classify(const States& y) const override;
  std::optional<Points> points() const override;
  std::size_t memory() const override;

 protected:
  /// points: d x N. weights: N positive numbers, or empty for equal ones. labels: N class numbers
  /// 0..classes-1, or empty for a single class.
  FiniteTarget(Matrix points, const VectorXd& weights, std::vector<Index> labels, Index classes);

  const Matrix& matrix() const { return points_; }
  const VectorXd& log_weights() const { return log_weights_; }

 private:
  /// Unnormalised log weights, tile of points by tile: visit(first, points d x n, logs n x
  /// walkers).
  template <class Visit>
  void for_each_tile(const States& x, const Betas& beta, const Visit& visit) const;
  /// The heaviest point of each walker, and its log weight.
  struct Heaviest {
    std::vector<Index> point;
    Eigen::RowVectorXd log_weight;
  };
  Heaviest heaviest(const States& x, const Betas& beta) const;

  Matrix points_;
  std::vector<Index> labels_;
  VectorXd log_weights_, half_norms_, cumulative_, mean_, class_weights_;
  mutable std::optional<MatrixXd> covariance_;  // on first use
};

extern template class FiniteTarget<double>;
extern template class FiniteTarget<float>;

}  // namespace symbreak::target
