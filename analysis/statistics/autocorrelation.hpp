// Long-run variance of a stationary series held as bins, by the Gamma method. May depend on: Eigen.
//
// Definition: C = Gamma(0) + 2 sum_{k>=1} Gamma(k), Gamma(k) = Cov(b_i, b_{i+k}); the variance of
// the mean of n bins is C/n. Estimator (U. Wolff, Comput. Phys. Commun. 156 (2004) 143,
// hep-lat/0306017): the sum is cut at the first W where the statistical error of the tail exceeds
// its expected content (eqs. 50-52, S = 1.5). Deviations are from the mean of their own chain; the
// bias -C/n per chain that this causes (eq. 32) is removed in all Gamma(k). What remains is the
// truncation, of relative size -exp(-W/tau_exp), about the statistical error of C, which is
// sqrt(2(2W+1)/n) (eq. 35). Cost: O(n W).
#pragma once
#include <Eigen/Core>
#include <vector>

namespace symbreak::statistics {

struct LongRunVariance {
  double variance = 0;        ///< C
  Eigen::Index window = 0;    ///< W, in bins; 0: chains too short to look for correlation
  double degrees = 0;         ///< of freedom of C: relative variance of C = 2/degrees
  bool window_found = false;  ///< false: the chains are too short for their autocorrelation
};

/// `chains`: independent stretches of the same process, each a row of bins of equal size. At least
/// one chain must have two bins.
LongRunVariance long_run_variance(const std::vector<Eigen::RowVectorXd>& chains);

}  // namespace symbreak::statistics
