// How far generated data are from exact samples. May depend on: analysis/statistics, sim/random.
#pragma once
#include <Eigen/Core>

#include "sim/random/stream.hpp"

namespace symbreak::experiment {

/// Samples per block that distances are taken of: their cost is N log N.
inline constexpr Eigen::Index kDistanceSamples = 8192;

/// W_2^2 of `y` to the exact samples `a` in excess of that of the exact samples `b` to `a`: zero on
/// average for a perfect generator. Sliced along 32 random directions beyond one dimension.
double wasserstein_excess(const Eigen::MatrixXd& y, const Eigen::MatrixXd& a,
                          const Eigen::MatrixXd& b, random::Stream& directions);

}  // namespace symbreak::experiment
