// The one definition of the logarithm, inline so that kernels fuse it into their loops.
// May depend on: the standard library.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace symbreak::kernel::inline_elementary {

/// log(x) for positive normal x, branch-free, every multiply-add an explicit std::fma: vectorised
/// or not, the bits are the same. x = 2^e m with m in [sqrt(1/2), sqrt(2)), log m = 2 atanh(s) with
/// s = (m-1)/(m+1), as 2s + s^3 p(s^2) with p minimax (relative error 1e-18).
inline double log(double x) {
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd;
  const auto bits = std::bit_cast<std::uint64_t>(x) - root_half;
  // Arithmetic on the exponent field without a 64-bit arithmetic shift, which AVX2 lacks.
  const auto biased = (bits + (std::uint64_t{1} << 62)) >> 52;  // e + 1024
  const double e = std::bit_cast<double>(biased | 0x4330000000000000u) - (0x1p52 + 1024);
  const double m = std::bit_cast<double>((bits & 0x000fffffffffffffu) + root_half);
  const double s = (m - 1) / (m + 1);
  const double z = s * s;
  double p = 0x1.2ef13d36ebd20p-3;
  p = std::fma(p, z, 0x1.39a3e58d1503ep-3);
  p = std::fma(p, z, 0x1.7466274adbc47p-3);
  p = std::fma(p, z, 0x1.c71c528a1bee9p-3);
  p = std::fma(p, z, 0x1.249249413b27cp-2);
  p = std::fma(p, z, 0x1.9999999980d1ep-2);
  p = std::fma(p, z, 0x1.555555555558fp-1);
  const double log_m = std::fma(s * z, p, s + s);
  return std::fma(e, 0x1.62e42fefa39efp-1, log_m);
}

}  // namespace symbreak::kernel::inline_elementary
