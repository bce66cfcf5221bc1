// The two matrix products of the softmax-average for one walker, a few points at a time: while they
// are in the first-level cache they give their dot products and are added with their weights, so
// that memory is read once and never waited for. May depend on: fused.hpp.
//
// Registers have 32 bytes on every machine: rows begin anywhere in a cache line, and each wider
// register would lie in two of them (d = 100: 1.3 to 1.7 times slower). Sums have the order of Eigen's
// matrix-vector products with such registers (3.4, GeneralMatrixVector.h), and their bits
// where rows fill whole ones: a dot product runs along the lanes, which are folded by halves,
// and ends with the coordinates that fill no register; a mean is a chain of fused multiply-adds
// over the points of a block.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/kernel/simd/fused.hpp"

namespace symbreak::kernel::row_products {

constexpr std::size_t lanes = 8;
using Vector [[gnu::vector_size(lanes * sizeof(float))]] = float;

/// One row for each lane.
using Rows = std::array<Vector, lanes>;

/// Lane l of a and of b where l has bit `half`, and lane l - half of b; l of a and ..: the lower
/// and the upper halves of two rows beside each other.
template <std::size_t half, std::size_t... l>
[[gnu::always_inline]] inline Vector lower(Vector a, Vector b, std::index_sequence<l...>) {
  return __builtin_shufflevector(a, b, ((l & half) != 0 ? lanes + l - half : l)...);
}
template <std::size_t half, std::size_t... l>
[[gnu::always_inline]] inline Vector upper(Vector a, Vector b, std::index_sequence<l...>) {
  return __builtin_shufflevector(a, b, ((l & half) != 0 ? lanes + l : l + half)...);
}
constexpr std::make_index_sequence<lanes> all_lanes;

/// Half a register from each place.
template <std::size_t... l>
[[gnu::always_inline]] inline Vector join(const float* a, const float* b,
                                          std::index_sequence<l...>) {
  using Half [[gnu::vector_size(lanes / 2 * sizeof(float))]] = float;
  return __builtin_shufflevector(load<Half>(a), load<Half>(b), l...);
}

/// Lane r of the result: the sum of row r.
template <std::size_t half = lanes / 2>
[[gnu::always_inline]] inline Vector fold(Rows& rows) {
#pragma GCC unroll 8
  for (std::size_t r = 0; r < half; ++r) {
    rows[r] = lower<half>(rows[r], rows[r + half], all_lanes) +
              upper<half>(rows[r], rows[r + half], all_lanes);
  }
  if constexpr (half > 1) return fold<half / 2>(rows);
  return rows[0];
}

/// Lane r of row c becomes lane c of row r, for each `side` of rows and lanes.
template <std::size_t side, std::size_t half = side / 2>
[[gnu::always_inline]] inline void transpose(Rows& rows) {
#pragma GCC unroll 16
  for (std::size_t r = 0; r < side; ++r) {
    if ((r & half) != 0) continue;
    const Vector low = lower<half>(rows[r], rows[r + half], all_lanes);
    rows[r + half] = upper<half>(rows[r], rows[r + half], all_lanes);
    rows[r] = low;
  }
  if constexpr (half > 1) transpose<side, half / 2>(rows);
}

inline float largest_lane(Vector v) {
  float most = v[0];
  for (std::size_t l = 1; l < lanes; ++l) most = v[l] > most ? v[l] : most;
  return most;
}

/// Whether all of a few registers of weights, none of them negative, are 0.
inline bool all_zero(const float* weights, std::size_t count) {
  Vector most{};
  for (std::size_t j = 0; j < count; j += lanes) {
    const Vector w = load<Vector>(weights + j);
    most = w > most ? w : most;
  }
  return largest_lane(most) == 0;
}

/// Memory that will be read next, fetched into the second-level cache two lines for every `lanes`
/// multiply-adds. Short rows need it; along long ones the machine does as well by itself.
struct NextPoints {
  const float* at;
  bool fetched;

  [[gnu::always_inline]] void fetch() {
    if (!fetched) return;
    constexpr std::size_t line = 64 / sizeof(float);
    __builtin_prefetch(at, 0, 2);
    __builtin_prefetch(at + line, 0, 2);
    at += 2 * line;
  }
};

/// result + sum_i y_ri x_i over the last `side` coordinates but the first `known` ones.
template <std::size_t side>
[[gnu::always_inline]] inline Vector add_last(const float* x, std::size_t d, std::size_t known,
                                              Rows& columns, Vector result) {
  transpose<side>(columns);
#pragma GCC unroll 16
  for (std::size_t c = 0; c < side; ++c) {
    if (c >= known) result = fused(columns[c], x[d - side + c] - Vector{}, result);
  }
  return result;
}

/// y_r . x of `lanes` rows of d >= lanes coordinates, one after the other in memory.
[[gnu::always_inline]] inline Vector dots(const float* y, std::size_t d, const float* x,
                                          NextPoints& next) {
  Rows sum{};
  std::size_t i = 0;
  for (; i + lanes <= d; i += lanes) {
    const Vector along = load<Vector>(x + i);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < lanes; ++r) {
      sum[r] = fused(load<Vector>(y + r * d + i), along, sum[r]);
    }
    next.fetch();
  }
  const Vector result = fold(sum);
  if (i == d) return result;
  constexpr std::size_t half = lanes / 2;
  Rows last;
  if (d - i > half) {
#pragma GCC unroll 16
    for (std::size_t r = 0; r < lanes; ++r) last[r] = load<Vector>(y + (r + 1) * d - lanes);
    return add_last<lanes>(x, d, lanes - (d - i), last, result);
  }
  // Two rows in a register: half the work.
#pragma GCC unroll 8
  for (std::size_t r = 0; r < half; ++r) {
    last[r] = join(y + (r + 1) * d - half, y + (r + half + 1) * d - half, all_lanes);
  }
  return add_last<half>(x, d, half - (d - i), last, result);
}

/// Points whose weighted sum is to be added.
struct Block {
  const float* y;  ///< rows of d >= lanes coordinates, one after the other
  std::size_t d, rows;
  const float* weights;
  bool fresh;  ///< its sum is made first, and then added; else it goes on from what is there

  /// sums_i += sum_r weights_r y_ri for i < d.
  void add(float* sums, NextPoints& next) const {
    std::size_t i = 0, left = (d + lanes - 1) / lanes;
    for (; left > 9; left -= 8, i += 8 * lanes) add_registers<8>(i, sums, next);
    add_last<9>(left, i, sums, next);
  }

 private:
  template <std::size_t most>
  void add_last(std::size_t registers, std::size_t i, float* sums, NextPoints& next) const {
    if (registers == most) return add_registers<most>(i, sums, next);
    if constexpr (most > 1) add_last<most - 1>(registers, i, sums, next);
  }
  /// Coordinates from i on. The last register of all overlaps with the one before it where d is no
  /// multiple: both make the same of what was there.
  template <std::size_t registers>
  void add_registers(std::size_t i, float* sums, NextPoints& next) const {
    const std::size_t last = std::min(i + registers * lanes, d) - lanes;
    const auto at = [&](std::size_t v) { return v + 1 == registers ? last : i + v * lanes; };
    Vector c[registers];
#pragma GCC unroll 9
    for (std::size_t v = 0; v < registers; ++v)
      c[v] = fresh ? Vector{} : load<Vector>(sums + at(v));
    for (std::size_t r = 0; r < rows; ++r) {
      const Vector weight = weights[r] - Vector{};
#pragma GCC unroll 9
      for (std::size_t v = 0; v < registers; ++v) {
        c[v] = fused(load<Vector>(y + r * d + at(v)), weight, c[v]);
      }
      if constexpr (registers >= 8) next.fetch();
    }
#pragma GCC unroll 9
    for (std::size_t v = 0; v < registers; ++v) {
      if (fresh) c[v] += load<Vector>(sums + at(v));
    }
#pragma GCC unroll 9
    for (std::size_t v = 0; v < registers; ++v) store(c[v], sums + at(v));
  }
};

}  // namespace symbreak::kernel::row_products
