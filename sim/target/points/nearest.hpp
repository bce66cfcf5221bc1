// The nearest points of a set, of which pieces arrive one after the other: looked for in single
// precision, measured in double. May depend on: sim/target/finite_support.hpp.
#pragma once
#include "sim/target/finite_support.hpp"

namespace symbreak::target {

/// |y - x|^2/2 = |y|^2/2 - x.y + |x|^2/2. All products are made in float; a pair whose product says,
/// for all its rounding, that it is further than the second nearest so far is passed over, any other
/// is measured from the differences of its coordinates in double. The rounding of a product of d
/// terms is at most (d + 2) 2^-24 |x| |y| (Higham 2002, section 3.1), so that nothing is missed.
/// O(d) a pair at the speed of a float matrix product; O(d log N) a state in double.
class NearestSearch {
 public:
  explicit NearestSearch(MatrixXd states);  ///< d x walkers
  /// Points first, first + 1, .., one per column.
  void add(Index first, const MatrixXd& points);
  void add(Index first, const Eigen::Ref<const Eigen::MatrixXf>& points,
           const Eigen::Ref<const VectorXd>& half_norms);
  FiniteSupport::Nearest finish();

 private:
  /// `exact(j)`: column j in double.
  template <class Exact>
  void look_through(Index first, const Eigen::Ref<const Eigen::MatrixXf>& points,
                    const Eigen::Ref<const VectorXd>& half_norms, const Exact& exact);
  void look_at(Index walker, Index datum, const Eigen::Ref<const VectorXd>& point);

  MatrixXd states_, nearest_;  ///< and the coordinates of the nearest of each
  Eigen::MatrixXf rounded_, products_;
  VectorXd norms_;               ///< |x|
  FiniteSupport::Nearest best_;  ///< squares of distances
};

}  // namespace symbreak::target
