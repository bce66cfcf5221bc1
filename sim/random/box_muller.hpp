// One Box-Muller pair from two 64-bit words. Branch-free, every multiply-add an explicit std::fma:
// vectorised or not, the bits are the same. May depend on: sim/kernel.
//
// The radius uses all 64 bits of its word, so normals reach sqrt(2 * 64 log 2) = 9.42 standard
// deviations; the angle uses 54 bits of the other.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

#include "sim/kernel/simd/logarithm_inline.hpp"

namespace symbreak::random {

/// Uniform in the open interval (0,1): the top 52 bits, centred.
inline double open_unit_interval(std::uint64_t word) {
  return std::bit_cast<double>(word >> 12 | 0x3ff0000000000000u) - (1 - 0x1p-53);
}

/// -log(u) for u in (0, 1].
inline double minus_log(double u) { return -kernel::inline_elementary::log(u); }

struct NormalPair {
  double first, second;
};

inline NormalPair normal_pair(std::uint64_t radius_word, std::uint64_t angle_word) {
  // The odd integer radius_word | 1 rounded to double, from its 32-bit halves.
  const std::uint64_t odd = radius_word | 1;
  const double high = std::bit_cast<double>(odd >> 32 | 0x4530000000000000u);
  const double low = std::bit_cast<double>((odd & 0xffffffffu) | 0x4330000000000000u);
  const double u = ((high - (0x1p84 + 0x1p52)) + low) * 0x1p-64;
  const double radius = std::sqrt(2 * minus_log(u));

  // Angle: a in (-1/2, 1/2) quarter turns; two more bits exchange sine and cosine and flip one
  // sign, which covers the circle uniformly.
  const double a =
      std::bit_cast<double>((angle_word << 2) >> 12 | 0x3ff0000000000000u) - (1.5 - 0x1p-53);
  const double z = a * a;
  double sine = 0x1.e3f39e2310acep-25;
  sine = std::fma(sine, z, -0x1.e30071ff669a7p-19);
  sine = std::fma(sine, z, 0x1.50782fda6c745p-13);
  sine = std::fma(sine, z, -0x1.32d2cce2e60e9p-8);
  sine = std::fma(sine, z, 0x1.466bc677587fdp-4);
  sine = std::fma(sine, z, -0x1.4abbce625be41p-1);
  sine = std::fma(sine, z, 0x1.921fb54442d18p+0) * a;
  double cosine = 0x1.f3dbf28400fdep-22;
  cosine = std::fma(cosine, z, -0x1.a6c9c22a3f358p-16);
  cosine = std::fma(cosine, z, 0x1.e1f4fb611a514p-11);
  cosine = std::fma(cosine, z, -0x1.55d3c7dbfe0edp-6);
  cosine = std::fma(cosine, z, 0x1.03c1f081b078ep-2);
  cosine = std::fma(cosine, z, -0x1.3bd3cc9be458bp+0);
  cosine = std::fma(cosine, z, 1.0);
  const std::uint64_t sign = angle_word & std::uint64_t{1} << 63;
  const double flipped = std::bit_cast<double>(std::bit_cast<std::uint64_t>(cosine) ^ sign);
  const bool exchange = (angle_word & std::uint64_t{1} << 62) != 0;
  return {radius * (exchange ? sine : flipped), radius * (exchange ? flipped : sine)};
}

}  // namespace symbreak::random
