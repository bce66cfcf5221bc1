// The two matrix products of the softmax-average on one tile of points, with the walkers along the
// vector lanes. May depend on: simd.hpp.
//
// Both keep a block of `rows` x (vectors * lanes) results in registers and stream over the inner
// index: one broadcast from the tile feeds `vectors` fused multiply-adds.
#pragma once
#include <cstddef>

#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {

/// Rows per register block: with two vectors 12 (AVX2) or 24 (AVX-512) accumulators.
#if defined(__AVX512F__)
constexpr std::size_t product_rows = 12;
#else
constexpr std::size_t product_rows = 6;
#endif

/// Terms of a dot product that are summed in one go: bounds the rounding error of float sums, and
/// this many rows of the states stay in the first-level cache.
constexpr std::size_t dot_chunk = 128;

/// Memory that will be read next, fetched into the second-level cache a little at a time, between
/// computations that leave the memory idle.
struct Ahead {
  static constexpr std::size_t pause = 32;  ///< terms of dot products between two fetches
  const char* from = nullptr;
  std::size_t lines = 0, each = 0;  ///< of 64 bytes: left, and at a time

  void fetch() {
    for (std::size_t i = lines < each ? lines : each; i > 0; --i, --lines, from += 64) {
      __builtin_prefetch(from, 0, 2);
    }
  }
};

/// dots[j][k] = sum_i tile[j][i] states[i][k] for j < points (a multiple of product_rows), i < d,
/// k < width = vectors * lanes. Row lengths: tile `stride`, states and dots `width`.
template <class Real, std::size_t vectors>
void tile_dots(const Real* tile, std::size_t stride, std::size_t points, std::size_t d,
               const Real* states, Real* dots, Ahead& ahead) {
  using Vector = typename Simd<Real>::Vector;
  constexpr std::size_t lanes = Simd<Real>::lanes, width = vectors * lanes;
  for (std::size_t begin = 0; begin < d; begin += dot_chunk) {
    const std::size_t end = begin + dot_chunk < d ? begin + dot_chunk : d;
    for (std::size_t first = 0; first < points; first += product_rows) {
      Vector sum[product_rows][vectors] = {};
      const Real* const y = tile + first * stride;
      for (std::size_t i = begin; i < end;) {
        ahead.fetch();
        for (const std::size_t stop = i + Ahead::pause < end ? i + Ahead::pause : end; i < stop;
             ++i) {
          Vector x[vectors];
#pragma GCC unroll 2
          for (std::size_t v = 0; v < vectors; ++v) {
            x[v] = load<Vector>(states + i * width + v * lanes);
          }
#pragma GCC unroll 12
          for (std::size_t row = 0; row < product_rows; ++row) {
#pragma GCC unroll 2
            for (std::size_t v = 0; v < vectors; ++v) sum[row][v] += y[row * stride + i] * x[v];
          }
        }
      }
#pragma GCC unroll 12
      for (std::size_t row = 0; row < product_rows; ++row) {
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v) {
          Real* const dot = dots + (first + row) * width + v * lanes;
          if (begin > 0) sum[row][v] += load<Vector>(dot);
          __builtin_memcpy(dot, &sum[row][v], sizeof sum[row][v]);
        }
      }
    }
  }
}

/// Rows of the last block of `tile_means`.
constexpr std::size_t tail_rows = product_rows / 3;

/// `tile_means` for `rows` coordinates.
template <class Real, std::size_t vectors, std::size_t rows>
void block_means(const Real* tile, std::size_t stride, std::size_t points, const Real* weights,
                 double* means) {
  using Vector = typename Simd<Real>::Vector;
  constexpr std::size_t lanes = Simd<Real>::lanes, width = vectors * lanes;
  Vector sum[rows][vectors] = {};
  for (std::size_t j = 0; j < points; ++j) {
    const Real* const y = tile + j * stride;
    Vector w[vectors];
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) w[v] = load<Vector>(weights + j * width + v * lanes);
#pragma GCC unroll 12
    for (std::size_t row = 0; row < rows; ++row) {
#pragma GCC unroll 2
      for (std::size_t v = 0; v < vectors; ++v) sum[row][v] += y[row] * w[v];
    }
  }
  Real total[rows * width];
  __builtin_memcpy(total, sum, sizeof total);
  for (std::size_t k = 0; k < rows * width; ++k) means[k] += static_cast<double>(total[k]);
}

/// means[i][k] += sum_j tile[j][i] weights[j][k], summed in Real over the tile and added in double.
/// i < d rounded up to a multiple of tail_rows. Row lengths as above.
template <class Real, std::size_t vectors>
void tile_means(const Real* tile, std::size_t stride, std::size_t points, std::size_t d,
                const Real* weights, double* means) {
  constexpr std::size_t width = vectors * Simd<Real>::lanes;
  std::size_t i = 0;
  for (; i + product_rows <= d; i += product_rows) {
    block_means<Real, vectors, product_rows>(tile + i, stride, points, weights, means + i * width);
  }
  for (; i < d; i += tail_rows) {
    block_means<Real, vectors, tail_rows>(tile + i, stride, points, weights, means + i * width);
  }
}

}  // namespace symbreak::kernel
