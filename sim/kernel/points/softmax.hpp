// Fused softmax-average over a finite set of points. Plain data in and out. May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <memory>

namespace symbreak::kernel {

/// For walkers k and points j:  s_jk = beta_k (x_k . y_j - |y_j|^2/2) + log_weight_j.
/// Results per walker, all accumulated online, no points x walkers matrix in memory:
struct SoftmaxAverage {
  Eigen::MatrixXd mean;                                   ///< d x walkers, sum_j w_jk y_j, or empty
  Eigen::VectorXd log_sum;                                ///< log sum_j exp(s_jk)
  Eigen::VectorXd sum_squares;                            ///< sum_j w_jk^2
  Eigen::VectorXd largest;                                ///< max_j w_jk
  Eigen::VectorXd entropy;                                ///< -sum_j w_jk log w_jk
  Eigen::Matrix<Eigen::Index, Eigen::Dynamic, 1> argmax;  ///< j of the largest weight
};

/// The sums of many walkers over points that arrive in pieces, from memory or from a disk.
/// Cost O(d N walkers), half of it without the mean; memory O((tile + d) walkers) whatever N.
///
/// Dot products, scores relative to the largest one and weights are rounded to Real, sums over
/// tiles are double: with float a dot product errs by about 1e-7 |x_k| |y_j| and a score by beta
/// times that, or by 1e-7 of a log weight; results err by the score error (2e-6 at beta |x| |y| ~
/// 10). Exactly equal largest scores: argmax is one of them. The result has the same bits however
/// the points are cut into pieces, as long as all pieces but the last are multiples of `tile()`.
template <class Real>
class SoftmaxAccumulator {
 public:
  SoftmaxAccumulator(const Eigen::Ref<const Eigen::MatrixXd>& x,
                     const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean = true);
  ~SoftmaxAccumulator();
  Eigen::Index tile() const;
  /// points: d x count, column by column; half_norms: |y_j|^2/2; log_weights: nullptr: all 0, a
  /// log weight of -infinity excludes a point.
  void add(const Real* points, const double* half_norms, const double* log_weights,
           Eigen::Index count);
  SoftmaxAverage finish();

  class Work;

 private:
  Eigen::Index d_, walkers_, added_ = 0;
  bool with_mean_;
  std::unique_ptr<Work> work_;
};

/// All at once. log_weights may be empty: all 0. Points in double are for small sets and exact
/// tests, to 1e-13.
template <class Real>
SoftmaxAverage softmax_average(const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>& points,
                               const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta,
                               bool with_mean = true) {
  SoftmaxAccumulator<Real> sums(x, beta, with_mean);
  sums.add(points.data(), half_norms.data(), log_weights.size() > 0 ? log_weights.data() : nullptr,
           points.cols());
  return sums.finish();
}

}  // namespace symbreak::kernel
