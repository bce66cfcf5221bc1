// Fused softmax-average over a finite set of points. Plain data in and out. May depend on: Eigen.
#pragma once
#include <Eigen/Core>

namespace symbreak::kernel {

/// For walkers k and points j:  s_jk = beta_k (x_k . y_j - |y_j|^2/2) + log_weight_j.
/// Results per walker, all accumulated online, no points x walkers matrix in memory:
struct SoftmaxAverage {
  Eigen::MatrixXd mean;                                   ///< d x walkers, sum_j w_jk y_j
  Eigen::VectorXd log_sum;                                ///< log sum_j exp(s_jk)
  Eigen::VectorXd sum_squares;                            ///< sum_j w_jk^2
  Eigen::VectorXd largest;                                ///< max_j w_jk
  Eigen::VectorXd entropy;                                ///< -sum_j w_jk log w_jk
  Eigen::Matrix<Eigen::Index, Eigen::Dynamic, 1> argmax;  ///< j of the largest weight
};

/// points: d x N (float, column-major), half_norms: N (|y_j|^2/2, double), x: d x walkers.
/// Cost O(d N walkers); temporaries O((tile + d) walkers). A log weight of -infinity excludes a
/// point. Dot products and weights are rounded to float, sums over tiles and all scores are double:
/// a dot product errs by about 1e-7 |x_k| |y_j| and a score by beta times that; results err by the
/// score error (2e-6 at beta |x| |y| ~ 10). Exactly equal largest scores: argmax is one of them.
SoftmaxAverage softmax_average(const Eigen::MatrixXf& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta);
/// The same for points in double (small sets, exact tests), to 1e-13.
SoftmaxAverage softmax_average(const Eigen::MatrixXd& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta);

}  // namespace symbreak::kernel
