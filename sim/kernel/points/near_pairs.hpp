// Pairs of a state and a point that may be the two nearest, found by products in single precision.
// Plain data in and out. May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <functional>
#include <memory>

namespace symbreak::kernel {

/// |y - x|^2/2 = |y|^2/2 - x.y + |x|^2/2: the products are those of the softmax-average
/// (softmax.hpp), at its speed. A pair whose product says, for all its rounding, that it is none of
/// the two nearest of its state is passed over; others wait until all points have come, and those
/// that are left are handed to whoever can measure them: two of each state, but for duplicates and
/// what single precision cannot tell apart. The rounding of a product of d terms is at most
/// (d + 2) 2^-24 |x| |y|, in whatever order they are added (Higham 2002, section 3.1), so that
/// nothing is missed. Cost O(d) a pair; memory O(d + tile) a state.
class NearPairs {
 public:
  /// Measures a pair; returns the square of the distance of that state to the second nearest so far
  /// of the points measured, of which duplicates of the nearest are none (infinity: there is none).
  using Measure = std::function<double(Eigen::Index state, Eigen::Index point)>;

  /// d x states.
  explicit NearPairs(const Eigen::Ref<const Eigen::MatrixXd>& states);
  ~NearPairs();
  NearPairs(NearPairs&&) noexcept;
  /// points: d x count, column by column; half_norms: |y_j|^2/2. `measure` gets j < count, in any
  /// order, before this returns.
  void add(const float* points, const double* half_norms, Eigen::Index count,
           const Measure& measure);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace symbreak::kernel
