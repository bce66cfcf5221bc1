// Fused multiply-adds of whole registers. May depend on: simd.hpp.
#pragma once
#include "sim/kernel/simd/simd.hpp"
#if defined(__FMA__)
#include <immintrin.h>
#endif

namespace symbreak::kernel {

/// a b + c in every lane, rounded once: GCC leaves a multiplication and an addition where there is
/// a single chain of them (-mtune=znver*), which costs bits and an instruction.
inline Simd<float>::Vector fused(Simd<float>::Vector a, Simd<float>::Vector b,
                                 Simd<float>::Vector c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}
inline Simd<double>::Vector fused(Simd<double>::Vector a, Simd<double>::Vector b,
                                  Simd<double>::Vector c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_pd(a, b, c);
#else
  return a * b + c;
#endif
}

}  // namespace symbreak::kernel
