// Boltzmann sums over any number of energy levels at any number of inverse temperatures: the cost
// of a level does not depend on how many temperatures there are. Plain data in and out.
// May depend on: level_sums.hpp.
//
// The axis of levels is cut into bins of width h around c = k h; a bin keeps the moments
// M_m = sum_j x_j^m, m = 0..7, of its levels' positions x = 2 (e - c)/h in [-1, 1]. Since
//     exp(b (e - c)) = exp(z x) = sum_m p_m(z) x^m,  z = b h/2,
// every sum over levels is sum_bins exp(b c) sum_m p_m M_m, exactly but for the terms beyond x^7.
// Those of order 8 and 9 are replaced by lower ones (Chebyshev economisation: the best polynomial
// of lower degree on [-1, 1]); the rest is z^8/(2^7 8!) of a weight. With h = 1/(8 b) for the
// largest b, this is 3e-12 of w^4 and less than rounding (5e-17) of w.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/kernel/levels/level_sums.hpp"

namespace symbreak::kernel {

class LevelMoments {
 public:
  /// `steepest`: the largest inverse temperature, > 0.
  explicit LevelMoments(double steepest);
  /// Bins for levels spread over `range`: 64 bytes each, 8 b range of them.
  static double bins(double steepest, double range) { return 8 * steepest * range; }

  void reset();
  /// Any levels with |e| < 2^28/steepest.
  void add(std::span<const double> levels);
  /// The sums of `LevelSums` at any 0 <= b <= steepest. O(bins) per b.
  BoltzmannSums sums(std::span<const double> b) const;
  /// The state as plain numbers, for checkpoints.
  std::vector<double> save() const;
  void load(std::span<const double> state);

 private:
  void make_room(std::int32_t lowest, std::int32_t highest);
  double width_, highest_;
  std::int32_t first_ = 0;  ///< k of the first bin
  std::vector<double> moments_;
};

}  // namespace symbreak::kernel
