// Points whose coordinates are +-1, one bit each. May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace symbreak::kernel {

/// A cache line: 30 bits from each of 16 columns of a matrix of bits.
struct alignas(64) BitLine {
  static constexpr std::size_t bits = 30, columns = 16;
  std::array<std::uint32_t, columns> words;
};

/// N points of d coordinates +-1 in 4 ceil(d/30) N bytes: lines[point / 16][coordinate / 30], a set
/// bit for +1. The bits of coordinates and points beyond the last are 0.
class BitPoints {
 public:
  BitPoints(Eigen::Index dimension, Eigen::Index count);
  /// Points that are set already, in memory that somebody else has filled.
  BitPoints(Eigen::Index dimension, Eigen::Index count, std::shared_ptr<const BitLine> lines);
  BitPoints(BitPoints&&) = default;
  Eigen::Index dimension() const { return static_cast<Eigen::Index>(dimension_); }
  Eigen::Index count() const { return static_cast<Eigen::Index>(count_); }
  /// The lines of points 16 which, 16 which + 1, ..
  const BitLine* row(std::size_t which) const { return lines_.get() + which * lines_per_row_; }
  std::size_t lines_per_row() const { return lines_per_row_; }
  /// Coordinate i of point j becomes +1 where y_i > 0, else -1.
  void set(Eigen::Index j, const Eigen::Ref<const Eigen::VectorXd>& y);
  /// The same from words: bit i % 64 of word i / 64 is set where coordinate i is +1.
  void set(Eigen::Index j, std::span<const std::uint64_t> words);
  /// Points first, first + 1, .. as +-1, one per column.
  void read(Eigen::Index first, Eigen::Ref<Eigen::MatrixXd> y) const;
  /// How many points have the coordinates of point j, itself included.
  Eigen::Index copies(Eigen::Index j) const;
  std::size_t memory() const { return memory(dimension_, count_); }
  /// Bytes that such points take.
  static std::size_t memory(std::size_t dimension, std::size_t count);

 private:
  /// Point j is column `column_of(j)` of the lines from here on.
  std::size_t first_line_of(Eigen::Index j) const {
    return static_cast<std::size_t>(j) / BitLine::columns * lines_per_row_;
  }
  static std::size_t column_of(Eigen::Index j) {
    return static_cast<std::size_t>(j) % BitLine::columns;
  }
  /// Coordinates in the word that begins with coordinate i.
  std::size_t bits_of(std::size_t i) const { return std::min(BitLine::bits, dimension_ - i); }

  std::size_t dimension_, count_, lines_per_row_;
  std::vector<BitLine> own_;  ///< empty: of somebody else
  std::shared_ptr<const BitLine> lines_;
};

}  // namespace symbreak::kernel
