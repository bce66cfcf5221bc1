// Boltzmann sums over energy levels at many inverse temperatures at once. Plain data in and out.
// May depend on: the standard library.
//
// For levels e_j (larger is heavier) and inverse temperatures b_i:
//     S_k(i) = sum_j w^k, k = 1..4, and E(i) = sum_j (e_j - reference) w,  w = exp(b_i (e_j -
//     reference)),
// so that log Z = b reference + log S_1, Y_k = S_k/S_1^k, <e> = reference + E/S_1. The reference is
// the largest level seen, and sums move with it: no term exceeds 1, whatever b and the levels are.
// Memory does not grow with the number of levels.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace symbreak::kernel {

/// The five sums, one entry per inverse temperature. Terms are w exp(-log_scale), which is 0 unless
/// a caller adds levels that outweigh the reference by more than a double can hold.
struct BoltzmannSums {
  double reference = 0;
  std::vector<double> log_scale;
  std::vector<double> first, energy, second, third, fourth;
};

/// Any inverse temperatures b >= 0: one exponential per level and temperature.
class LevelSums {
 public:
  explicit LevelSums(std::span<const double> b);
  void reset();
  void add(std::span<const double> levels);
  const BoltzmannSums& sums() const { return sums_; }
  bool empty() const { return empty_; }
  /// The state as plain numbers, for checkpoints.
  std::vector<double> save() const;
  void load(std::span<const double> state);

 private:
  void move_reference(double to);
  std::vector<double> b_;
  BoltzmannSums sums_;
  bool empty_ = true;
};

/// Of at least one level.
double largest(std::span<const double> levels);

}  // namespace symbreak::kernel
