// The nearest points of a set, of which pieces arrive one after the other: looked for in single
// precision, measured in double. May depend on: sim/target/finite_support.hpp, sim/kernel/points.
#pragma once
#include "sim/kernel/points/near_pairs.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::target {

/// Pairs that may be the two nearest of a state (kernel::NearPairs) are measured from the
/// differences of their coordinates in double. Of points at the same distance the first one is the
/// nearest, whatever the order in which they arrive and are measured. O(d) a pair at the speed of
/// the softmax-average; O(d) a state and piece in double.
class NearestSearch {
 public:
  explicit NearestSearch(MatrixXd states);  ///< d x walkers
  /// Points first, first + 1, .., one per column, and their |y|^2/2.
  void add(Index first, const MatrixXd& points);
  void add(Index first, const Eigen::Map<const Eigen::MatrixXf>& points, const double* half_norms);
  FiniteSupport::Nearest finish();

 private:
  /// Returns the square of the distance to the second nearest so far.
  double measure(Index state, Index datum, const Eigen::Ref<const VectorXd>& point);

  MatrixXd states_, nearest_;  ///< and the coordinates of the nearest of each
  kernel::NearPairs pairs_;
  FiniteSupport::Nearest best_;  ///< squares of distances
  VectorXd exact_;               ///< coordinates of the point at hand
};

}  // namespace symbreak::target
