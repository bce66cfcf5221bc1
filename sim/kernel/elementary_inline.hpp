// The one definition of the exponential, inline so that kernels fuse it into their loops.
//
// Branch-free, and every multiply-add is an explicit std::fma: the compiler may vectorise or not
// and the bits stay the same.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace symbreak::kernel::inline_elementary {

/// exp(x) = 2^n exp(r), n = round(x / log 2), |r| <= log(2)/2; exp(r) = 1 + r + r^2 q(r) with q the
/// minimax polynomial for the relative error (3e-18). 0 below -708, infinity above 709.
inline double exp(double x) {
  constexpr double shifter = 0x1.8p52 + 1023;  // rounds to an integer, leaves n + bias in low bits
  const double shifted = std::fma(x, 0x1.71547652b82fep+0, shifter);
  const double n = shifted - shifter;
  const double r = std::fma(n, -0x1.abc9e3b39803fp-56, std::fma(n, -0x1.62e42fefa39efp-1, x));
  double q = 0x1.af845425864bfp-26;
  q = std::fma(q, r, 0x1.28af1e38c5dfdp-22);
  q = std::fma(q, r, 0x1.71dde0a4fdfd2p-19);
  q = std::fma(q, r, 0x1.a01998074edafp-16);
  q = std::fma(q, r, 0x1.a01a01ba73588p-13);
  q = std::fma(q, r, 0x1.6c16c18504c2ep-10);
  q = std::fma(q, r, 0x1.111111110d7bap-7);
  q = std::fma(q, r, 0x1.55555555503d0p-5);
  q = std::fma(q, r, 0x1.5555555555561p-3);
  q = std::fma(q, r, 0x1.000000000000bp-1);
  const double p = std::fma(r * r, q, r) + 1;
  const double y = p * std::bit_cast<double>(std::bit_cast<std::uint64_t>(shifted) << 52);
  const double bounded = x > 709 ? std::numeric_limits<double>::infinity() : y;
  return x < -708 ? 0 : bounded;
}

/// The same in float, minimax error 3e-9. 0 below -87, infinity above 88.
inline float exp(float x) {
  constexpr float shifter = 0x1.8p23f + 127;
  const float shifted = std::fma(x, 0x1.715476p+0f, shifter);
  const float n = shifted - shifter;
  const float r = std::fma(n, 0x1.05c61p-29f, std::fma(n, -0x1.62e43p-1f, x));
  float q = 0x1.6db31cp-10f;
  q = std::fma(q, r, 0x1.123ac4p-7f);
  q = std::fma(q, r, 0x1.55546p-5f);
  q = std::fma(q, r, 0x1.55549p-3f);
  q = std::fma(q, r, 0x1p-1f);
  const float p = std::fma(r * r, q, r) + 1;
  const float y = p * std::bit_cast<float>(std::bit_cast<std::uint32_t>(shifted) << 23);
  const float bounded = x > 88 ? std::numeric_limits<float>::infinity() : y;
  return x < -87 ? 0 : bounded;
}

}  // namespace symbreak::kernel::inline_elementary
