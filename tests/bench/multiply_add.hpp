// The limit of compute-bound float kernels: fused multiply-adds per second from registers, measured
// in the same process.
#pragma once
#include <benchmark/benchmark.h>

#include "sim/kernel/simd/simd.hpp"
#include "tests/bench/reference.hpp"

namespace symbreak::bench {

/// Fused multiply-adds of floats per second (one is two operations).
inline double multiply_add_rate() {
  using Vector = kernel::Simd<float>::Vector;
  constexpr std::size_t count = 12, repeats = 4096;
  Vector a = Vector{} + 0.5f, b = Vector{} + 1.5f;
  benchmark::DoNotOptimize(a);
  benchmark::DoNotOptimize(b);
  const double seconds = median_seconds([&] {
    const Vector x = a, y = b;
    Vector sum[count];
#pragma GCC unroll 12
    for (std::size_t j = 0; j < count; ++j) sum[j] = y * static_cast<float>(j);
    for (std::size_t i = 0; i < repeats; ++i) {
#pragma GCC unroll 12
      for (std::size_t j = 0; j < count; ++j) {
        sum[j] = sum[j] * x + y;  // the product depends on the chain: it cannot be shared
      }
    }
    Vector sums = sum[0];
#pragma GCC unroll 12
    for (std::size_t j = 1; j < count; ++j) sums += sum[j];
    benchmark::DoNotOptimize(sums);
  });
  return static_cast<double>(count * repeats * kernel::Simd<float>::lanes) / seconds;
}

}  // namespace symbreak::bench
