// Points as `tile_dots` takes them, so many at a time that they stay in the second-level cache.
// May depend on: sim/kernel/simd/tile_product.hpp.
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

#include "sim/kernel/simd/tile_product.hpp"

namespace symbreak::kernel {

constexpr std::size_t tile_bytes = 256 << 10;
/// Points per tile at most.
constexpr std::size_t most_points = 192;

constexpr std::size_t round_up(std::size_t n, std::size_t unit) {
  return (n + unit - 1) / unit * unit;
}

template <class Real>
class PointTiles {
 public:
  explicit PointTiles(std::size_t d)
      : d_(d),
        stride_(round_up(d, 16) + 16),
        whole_rows_(d % tail_rows == 0 && d * sizeof(Real) % 1024 != 0) {
    const std::size_t fitting = tile_bytes / (stride_ * sizeof(Real)) / product_rows * product_rows;
    size_ = std::clamp(fitting, 4 * product_rows, most_points);
    copy_.resize(stride_ * size_);
  }
  std::size_t size() const { return size_; }

  struct Tile {
    const Real* points;
    std::size_t stride, rows;  ///< rows: whole register blocks, the last ones may be of no point
    Ahead ahead;
  };
  /// The next `size` points, which `more` follow in memory; `blocks` of walkers will take them. A
  /// copy has whole register blocks, and rows that do not share cache sets; most points do without.
  Tile take(const Real* points, std::size_t size, std::size_t more, std::size_t blocks) {
    Tile tile{points, d_, round_up(size, product_rows),
              Ahead{reinterpret_cast<const char*>(points + size * d_)}};
    if (!whole_rows_ || tile.rows != size) {
      for (std::size_t j = 0; j < size; ++j) {
        std::copy_n(points + j * d_, d_, copy_.data() + j * stride_);
      }
      tile.points = copy_.data();
      tile.stride = stride_;
    }
    tile.ahead.lines = std::min(size_, more) * d_ * sizeof(Real) / 64;
    const std::size_t pauses = tile.rows / product_rows * ((d_ + Ahead::pause - 1) / Ahead::pause);
    tile.ahead.each = tile.ahead.lines / (pauses * blocks) + 1;
    return tile;
  }

 private:
  std::size_t d_, stride_, size_ = 0;
  bool whole_rows_;
  std::vector<Real> copy_;
};

}  // namespace symbreak::kernel
