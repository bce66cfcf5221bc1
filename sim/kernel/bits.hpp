// Fused softmax-average over points whose coordinates are +-1, one bit each. Plain data in and out.
// May depend on: Eigen, softmax.hpp (the form of the result).
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/kernel/softmax.hpp"

namespace symbreak::kernel {

/// N points of d coordinates +-1, d N bits. Points come in blocks of 64; a byte holds 8 coordinates
/// of one point: bytes[block][coordinate / 8][point in block].
class BitPoints {
 public:
  static constexpr Eigen::Index block = 64;

  BitPoints(Eigen::Index dimension, Eigen::Index count);
  Eigen::Index dimension() const { return dimension_; }
  Eigen::Index count() const { return count_; }
  Eigen::Index blocks() const { return (count_ + block - 1) / block; }
  Eigen::Index bytes_per_point() const { return (dimension_ + 7) / 8; }
  const std::uint8_t* bytes_of(Eigen::Index which) const {
    return bytes_.data() + which * bytes_per_point() * block;
  }
  /// Coordinate i of point j becomes +1 where y_i > 0, else -1.
  void set(Eigen::Index j, const Eigen::Ref<const Eigen::VectorXd>& y);
  /// The same from words: bit i % 64 of word i / 64 is set where coordinate i is +1.
  void set(Eigen::Index j, std::span<const std::uint64_t> words);
  /// Points first, first + 1, .. as +-1, one per column.
  void read(Eigen::Index first, Eigen::Ref<Eigen::MatrixXd> y) const;
  /// How many points have the coordinates of point j, itself included.
  Eigen::Index copies(Eigen::Index j) const;
  std::size_t memory() const { return bytes_.size(); }

 private:
  Eigen::Index dimension_, count_;
  std::vector<std::uint8_t> bytes_;
};

/// Scores s_jk = beta_k x_k.y_j, all points with log weight 0 (their norms are equal and left out).
///
/// A dot product is the sum of one entry per 4 coordinates of a 16-entry table that depends on the
/// walker alone and sits in a register: one permutation and one addition for 4 coordinates of as
/// many points as a register has lanes. The mean runs the same way over the transposed bits: tables
/// of the weights of 4 points, coordinates in the lanes. Cost d/4 permutations per (point, walker)
/// and lane, twice with the mean; memory O(d) per walker. Dot products are sums of floats, errors
/// as in softmax_average.
SoftmaxAverage softmax_average(const BitPoints& points, const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta,
                               bool with_mean = true);

}  // namespace symbreak::kernel
