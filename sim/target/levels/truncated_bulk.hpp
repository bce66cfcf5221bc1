// The many levels below a threshold, as sums: exact means and joint covariance of
// B_k(i) = sum_j exp(k b_i e_j), k = 1..4, and sum_j e_j exp(b_i e_j), over all inverse
// temperatures b_i together, with Gaussian fluctuations. May depend on: Eigen, analysis/theory,
// sim/kernel.
//
// The levels are N - n independent draws of the law cut at P(level above) = u_0, whatever the n
// above it were: mean and covariance are constants of (law, N, u_0, b). The Gaussian form leaves
// out the skewness of the sums, which is at most of order (N u_0)^{-1/2} of their fluctuation.
#pragma once
#include <Eigen/Core>

#include "analysis/theory/levels/level_law.hpp"
#include "sim/kernel/levels/level_sums.hpp"

namespace symbreak::target {

class TruncatedBulk {
 public:
  /// threshold: s_0 = -log u_0. `origin` is any level near the threshold or above: sums are kept
  /// relative to it, in log space.
  TruncatedBulk(const theory::LevelLaw& law, double log_count, double threshold, double origin,
                const Eigen::VectorXd& b);
  /// Independent standard normals that a draw takes.
  Eigen::Index normals_needed() const { return factor_.cols(); }
  /// Adds the sums of (1 + excess) (N - N u_0) levels to `sums`, relative to its reference.
  void add(const Eigen::Ref<const Eigen::VectorXd>& normals, double excess,
           kernel::BoltzmannSums& sums) const;

 private:
  Eigen::VectorXd b_;
  double origin_;
  Eigen::VectorXd log_mean_;  // of B_1..B_4, relative to the origin: 4 n
  Eigen::VectorXd level_;     // <e - origin> weighted with e^{b e}: n
  Eigen::MatrixXd factor_;    // 5 n x rank: relative fluctuations = factor * normals
  mutable Eigen::VectorXd noise_, scale_;
};

}  // namespace symbreak::target
