// Registers of 32-bit words, for the kernels on bits. May depend on: simd.hpp.
#pragma once
#include <cstddef>
#include <cstdint>

#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel::bit_lanes {

constexpr std::size_t lanes = Simd<float>::lanes;
using Vector = Simd<float>::Vector;
using Ints [[gnu::vector_size(Simd<float>::bytes)]] = std::int32_t;
using Bits [[gnu::vector_size(Simd<float>::bytes)]] = std::uint32_t;

constexpr std::size_t quotient_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit; }

inline Ints lane_numbers() {
  static constexpr std::int32_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return load<Ints>(numbers);
}

constexpr auto plus = [](auto a, auto b) { return a + b; };
constexpr auto larger = [](auto a, auto b) { return a > b ? a : b; };
constexpr auto smaller = [](auto a, auto b) { return a < b ? a : b; };

/// All lanes combined, by halves.
template <class Lanes, class Combine>
auto fold(Lanes v, Combine combine) {
#pragma GCC unroll 4
  for (std::int32_t half = lanes / 2; half > 0; half /= 2) {
    v = combine(v, shuffle(v, lane_numbers() ^ half));
  }
  return v[0];
}

}  // namespace symbreak::kernel::bit_lanes
