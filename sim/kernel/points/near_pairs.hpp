// Pairs of a state and a point that may be near each other, found by products in single precision.
// Plain data in and out. May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <functional>
#include <memory>

namespace symbreak::kernel {

/// |y - x|^2/2 = |y|^2/2 - x.y + |x|^2/2: the products are those of the softmax-average (softmax.hpp),
/// at its speed. A pair whose product says, for all its rounding, that it is out of the reach of its
/// state is passed over; any other is handed to whoever can measure it, the least products of a tile
/// first. The rounding of a product of d terms is at most (d + 2) 2^-24 |x| |y|, in whatever order
/// they are added (Higham 2002, section 3.1), so that no pair within reach is missed.
/// Cost O(d) a pair; memory O(d + tile) a state.
class NearPairs {
 public:
  /// Measures a pair; returns the square of the distance up to which its state looks from now on.
  using Measure = std::function<double(Eigen::Index state, Eigen::Index point)>;

  /// d x states. They reach everywhere until the first pair has been measured.
  explicit NearPairs(const Eigen::Ref<const Eigen::MatrixXd>& states);
  ~NearPairs();
  NearPairs(NearPairs&&) noexcept;
  /// points: d x count, column by column; half_norms: |y_j|^2/2. `measure` gets j < count, in any
  /// order.
  void add(const float* points, const double* half_norms, Eigen::Index count,
           const Measure& measure);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace symbreak::kernel
