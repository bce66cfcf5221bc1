// Fused softmax-average over points whose coordinates are +-1, one bit each. Plain data in and out.
// May depend on: Eigen, bit_points.hpp, softmax.hpp (the form of the result).
#pragma once
#include <Eigen/Core>

#include "sim/kernel/points/bit_points.hpp"
#include "sim/kernel/points/softmax.hpp"

namespace symbreak::kernel {

/// Scores s_jk = beta_k x_k.y_j, all points with log weight 0 (their norms are equal and left out).
///
/// For y = +-1, x.y is twice the sum of the x_i with y_i = 1, less a constant. Such a subset sum
/// adds up entries of tables that depend on the walker alone: for every 5 coordinates the sums of
/// their 32 subsets, which fill two registers (without AVX-512: 3 coordinates, 8 subsets, one
/// register). One permutation and one addition take 5 coordinates of as many points as a register
/// has lanes. The mean runs the same way over the transposed bits: tables of the weights of 5
/// points, coordinates in the lanes. Cost d/5 permutations per (point, walker) and lane, twice with
/// the mean; memory O(d) per walker.
///
/// Subset sums are integers in units of 2^-30 sum_i |x_i| or less: every x_i is rounded once, and
/// differences of dot products have no other error, whatever their size. Weights are floats, right
/// to 1e-7 at the top and to 1e-7 |log w| below; for the mean they are rounded again, to 2^-30 of
/// the sum over 480 points.
SoftmaxAverage softmax_average(const BitPoints& points, const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta,
                               bool with_mean = true);

}  // namespace symbreak::kernel
