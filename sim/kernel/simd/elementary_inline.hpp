// The one definition of the exponential, inline so that kernels fuse it into their loops.
//
// Branch-free, and every multiply-add is an explicit std::fma: the compiler may vectorise or not
// and the bits stay the same.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>

namespace symbreak::kernel::inline_elementary {

/// exp(x) = 2^n exp(r), n = round(x / log 2), |r| <= log(2)/2; exp(r) = 1 + r + r^2 q(r) with q the
/// minimax polynomial for the relative error: 3e-18 in double, 3e-9 in float.
template <class Real>
struct Exponential;
template <>
struct Exponential<double> {
  using Word = std::uint64_t;
  static constexpr double shifter = 0x1.8p52 + 1023;  // rounds; n + bias is left in the low bits
  static constexpr int mantissa = 52;
  static constexpr double log_2 = 0x1.62e42fefa39efp-1, log_2_rest = 0x1.abc9e3b39803fp-56;
  static constexpr double inverse_log_2 = 0x1.71547652b82fep+0;
  static constexpr double q[] = {
      0x1.000000000000bp-1,  0x1.5555555555561p-3,  0x1.55555555503d0p-5,  0x1.111111110d7bap-7,
      0x1.6c16c18504c2ep-10, 0x1.a01a01ba73588p-13, 0x1.a01998074edafp-16, 0x1.71dde0a4fdfd2p-19,
      0x1.28af1e38c5dfdp-22, 0x1.af845425864bfp-26};
  static constexpr double lowest = -708, highest = 709;
};
template <>
struct Exponential<float> {
  using Word = std::uint32_t;
  static constexpr float shifter = 0x1.8p23f + 127;
  static constexpr int mantissa = 23;
  static constexpr float log_2 = 0x1.62e43p-1f, log_2_rest = -0x1.05c61p-29f;
  static constexpr float inverse_log_2 = 0x1.715476p+0f;
  static constexpr float q[] = {0x1p-1f, 0x1.55549p-3f, 0x1.55546p-5f, 0x1.123ac4p-7f,
                                0x1.6db31cp-10f};
  static constexpr float lowest = -87, highest = 88;
};

/// 0 below `lowest`, infinity above `highest`.
template <class Real>
inline Real exp(Real x) {
  using E = Exponential<Real>;
  const Real shifted = std::fma(x, E::inverse_log_2, E::shifter), n = shifted - E::shifter;
  const Real r = std::fma(n, -E::log_2_rest, std::fma(n, -E::log_2, x));
  constexpr int degree = std::size(E::q) - 1;
  Real q = E::q[degree];
#pragma GCC unroll 10
  for (int k = degree - 1; k >= 0; --k) q = std::fma(q, r, E::q[k]);
  const Real p = std::fma(r * r, q, r) + 1;
  const auto exponent = std::bit_cast<typename E::Word>(shifted) << E::mantissa;
  const Real y = p * std::bit_cast<Real>(exponent);
  const Real bounded = x > E::highest ? std::numeric_limits<Real>::infinity() : y;
  return x < E::lowest ? 0 : bounded;
}

}  // namespace symbreak::kernel::inline_elementary
