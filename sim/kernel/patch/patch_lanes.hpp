// What the patch kernels do with one vector register: the exponential of scores, and the test
// for which vector extensions give poor code. May depend on: simd.hpp.
#pragma once
#include <cstdint>
#include <type_traits>

#include "sim/kernel/simd/elementary_inline.hpp"
#include "sim/kernel/simd/simd.hpp"
#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

namespace symbreak::kernel::lanes {

template <class Real>
using Vector = typename Simd<Real>::Vector;

/// Scores are kept in units of this: powers of two in float, of e in double.
template <class Real>
constexpr double unit = std::is_same_v<Real, float> ? 1.44269504088896340736 : 1;
/// How far above the largest score so far the reference is put: later ones seldom exceed it.
template <class Real>
constexpr Real headroom = 20;

template <class Real>
inline Vector<Real> all(Real value) {
  return value - Vector<Real>{};
}

/// Compiles to the machine's maximum.
template <class V>
inline V larger(V a, V b) {
  return a > b ? a : b;
}

/// Whether any lane is above zero.
inline bool any_positive(Vector<float> a) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask(reinterpret_cast<__m512>(a), _mm512_setzero_ps(), _CMP_GT_OQ) != 0;
#elif defined(__AVX2__)
  return _mm256_movemask_ps(
             _mm256_cmp_ps(reinterpret_cast<__m256>(a), _mm256_setzero_ps(), _CMP_GT_OQ)) != 0;
#else
  for (std::size_t i = 0; i < Simd<float>::lanes; ++i) {
    if (a[i] > 0) return true;
  }
  return false;
#endif
}
inline bool any_positive(Vector<double> a) {
  for (std::size_t i = 0; i < Simd<double>::lanes; ++i) {
    if (a[i] > 0) return true;
  }
  return false;
}

/// 2^x for x <= 100, relative error 2e-7 (minimax polynomial of degree 5 on [-1/2, 1/2]); below
/// -126 the smallest normal number, which no sum notices.
inline Vector<float> power(Vector<float> x) {
  using Integers [[gnu::vector_size(sizeof(Vector<float>))]] = std::int32_t;
  const Vector<float> bounded = larger(x, all(-126.0f));
  const Vector<float> shifted = bounded + 0x1.8p23f;  // the integer part, in the low bits
  const Vector<float> r = bounded - (shifted - 0x1.8p23f);
  Vector<float> p = r * 0x1.5bba14p-10f + 0x1.3cea88p-7f;
  p = p * r + 0x1.c6b752p-5f;
  p = p * r + 0x1.ebf9bcp-3f;
  p = p * r + 0x1.62e42ap-1f;
  p = p * r + 1.0f;
  const Integers bits = reinterpret_cast<Integers>(p) + (reinterpret_cast<Integers>(shifted) << 23);
  return reinterpret_cast<Vector<float>>(bits);
}
/// e^x.
inline Vector<double> power(Vector<double> x) {
  for (std::size_t i = 0; i < Simd<double>::lanes; ++i) x[i] = inline_elementary::exp(x[i]);
  return x;
}

}  // namespace symbreak::kernel::lanes
