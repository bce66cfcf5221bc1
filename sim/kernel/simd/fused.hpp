// Fused multiply-adds of whole registers. May depend on: simd.hpp.
#pragma once
#include "sim/kernel/simd/simd.hpp"
#if defined(__FMA__)
#include <immintrin.h>
#endif

namespace symbreak::kernel {

/// a b + c in every lane, rounded once: GCC leaves a multiplication and an addition where there is
/// a single chain of them (-mtune=znver*), which costs bits and an instruction.
template <class Vector>
inline Vector fused(Vector a, Vector b, Vector c) {
#if defined(__AVX512F__)
  if constexpr (sizeof(Vector) == 64 && sizeof a[0] == 4) return _mm512_fmadd_ps(a, b, c);
  if constexpr (sizeof(Vector) == 64 && sizeof a[0] == 8) return _mm512_fmadd_pd(a, b, c);
#endif
#if defined(__FMA__)
  if constexpr (sizeof(Vector) == 32 && sizeof a[0] == 4) return _mm256_fmadd_ps(a, b, c);
  if constexpr (sizeof(Vector) == 32 && sizeof a[0] == 8) return _mm256_fmadd_pd(a, b, c);
#else
  return a * b + c;
#endif
}

}  // namespace symbreak::kernel
