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

/// Inverse temperatures k step, k = 1..powers: one exponential per level, then w_k = w_{k-1} w_1,
/// so a power costs one multiplication and one addition. `powers` is a multiple of 64. sums() has
/// S_k at power n from powers n, 2n, 3n, 4n, hence entries for n = 1..powers/4. Powers err by
/// n roundings, 1e-14 at n = 64.
class PowerLadder {
 public:
  PowerLadder(double step, std::size_t powers, bool energies = true);
  void reset();
  void add(std::span<const double> levels);
  /// log sum_j exp(n step e_j) for n = 1..powers.
  std::vector<double> log_sums() const;
  BoltzmannSums sums() const;
  std::vector<double> save() const;
  void load(std::span<const double> state);

 private:
  void add_block(std::span<const double> levels);
  void move_reference(double to);
  double step_, reference_ = 0;
  std::size_t powers_;
  bool energies_;
  std::vector<double> lanes_, energy_lanes_;  // partial sums per vector lane, lane index fastest
  bool empty_ = true;
};

}  // namespace symbreak::kernel
