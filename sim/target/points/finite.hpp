// What all targets of finite support share: phi(y) = sum_j exp(log_weight_j) delta(y - y_j), the
// weights normalised. May depend on: sim/target/target.hpp, point_store.hpp, sim/kernel.
//
// Posterior weights w_j(x) ~ exp(log_weight_j + beta (x.y_j - |y_j|^2/2)), in log space throughout.
#pragma once
#include <vector>

#include "sim/target/class_score.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/points/point_store.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

/// The points may be kept in any way; every method runs over them tile by tile, so that memory
/// beyond the store is O(N) only where weights or labels are given. Duplicate points are allowed
/// and count separately.
class FiniteTarget : public Target, public FiniteSupport, public ClassScore {
 public:
  Index dimension() const override { return store_->dimension(); }
  Index count() const override { return store_->count(); }
  const VectorXd& log_weights() const override { return log_weights_; }
  VectorXd point(Index j) const override { return placed(store_->point(j)); }
  Index label(Index j) const override {
    return labels_.empty() ? 0 : labels_[static_cast<std::size_t>(j)];
  }
  void read(Index first, Eigen::Ref<MatrixXd> y) const override {
    store_->read(first, y);
    if (store_->origin().size() > 0) y.colwise() += store_->origin();
  }
  Averages weights(const States& x, const Betas& beta) const override {
    return evaluate(x, beta, {.norms = true, .mean = false});
  }
  Averages associate(const States& x, const Betas& beta) const override {
    return evaluate(x, beta, {.norms = false, .mean = true});
  }
  std::vector<Index> draw(const States& x, const Betas& beta,
                          const VectorXd& uniforms) const override;
  Nearest nearest(const States& y) const override;
  std::vector<Index> multiplicity(const std::vector<Index>& data) const override {
    return store_->copies(data);
  }

  Averages averages(const States& x, const Betas& beta) const override;
  /// beta Cov(y) v, with deviations taken from the heaviest point: exact zeros, not rounding errors
  /// of size beta |y|^2, when that point holds all the weight. In double whatever the storage.
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override;
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override;

  VectorXd mean_of_target() const override { return placed(centre()); }
  std::optional<MatrixXd> covariance() const override;
  MatrixXd order_axes() const override;

  Index classes() const override { return class_weights_.size(); }
  VectorXd class_weights() const override { return class_weights_; }
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override;
  /// The labels of all data at the nearest place.
  MatrixXd class_shares(const States& y) const override;
  /// Class of the nearest point.
  std::vector<Index> classify(const States& y) const override;
  /// In double whatever the storage.
  MatrixXd class_mean(const States& x, const Betas& beta, Index label) const override;
  void sample_class(random::Stream& stream, Index label, Eigen::Ref<MatrixXd> y) const override;
  Moments class_moments(Index label, const VectorXd& direction) const override;
  std::size_t memory() const override;

 protected:
  /// weights: N positive numbers, or empty for equal ones. labels: N class numbers 0..classes-1, or
  /// empty for a single class.
  FiniteTarget(std::shared_ptr<const PointStore> store, const VectorXd& weights,
               std::vector<Index> labels, Index classes);

  const PointStore& store() const { return *store_; }

 private:
  // Points and states relative to the origin of the store (a shift of all points changes no
  // posterior), and back. No origin: the same bits as without these.
  MatrixXd relative(const States& x) const {
    if (store_->origin().size() == 0) return x;
    return x.colwise() - store_->origin();
  }
  VectorXd placed(VectorXd y) const {
    if (store_->origin().size() > 0) y += store_->origin();
    return y;
  }
  VectorXd prior(Index first, Index n) const;
  Index drawn(random::Stream& stream) const;  ///< a point by its weight
  // What follows is about points and states relative to the origin.
  const VectorXd& centre() const;
  /// visit(first, points d x n), tile by tile.
  template <class Visit>
  void for_each_points(const Visit& visit) const;
  /// The same with unnormalised log weights: visit(first, points d x n, logs n x walkers).
  template <class Visit>
  void for_each_tile(const States& x, const Betas& beta, const Visit& visit) const;
  /// The heaviest point of each walker, and its log weight.
  struct Heaviest {
    std::vector<Index> point;
    Eigen::RowVectorXd log_weight;
  };
  Heaviest heaviest(const States& x, const Betas& beta) const;
  Averages evaluate_relative(const States& x, const Betas& beta,
                             const PointStore::Query& query) const;

  /// The entries of these walkers, of scores with norms: clumps far apart, or many points on a line,
  /// have neighbours that scores in single precision do not tell apart.
  void evaluate_in_double(const States& x, const Betas& beta, const std::vector<Index>& walkers,
                          bool mean, Averages& result) const;

  Averages evaluate(const States& x, const Betas& beta, const PointStore::Query& query) const;

  std::shared_ptr<const PointStore> store_;
  std::vector<Index> labels_;
  VectorXd log_weights_, cumulative_, class_weights_;
  mutable std::optional<VectorXd> mean_;        // on first use
  mutable std::optional<MatrixXd> covariance_;  // on first use
  mutable std::optional<double> cold_;          // on first use: beta at which points are told apart
  mutable std::optional<bool> shared_places_;   // on first use: by data of several classes
};

}  // namespace symbreak::target
