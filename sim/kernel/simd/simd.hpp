// Vectors as wide as the machine's registers, by GCC's vector extensions. May depend on: nothing.
#pragma once
#include <cstddef>
#if defined(__clang__)
#include <immintrin.h>
#endif

namespace symbreak::kernel {

template <class Real>
struct Simd {
#if defined(__AVX512F__)
  static constexpr std::size_t bytes = 64;
#else
  static constexpr std::size_t bytes = 32;
#endif
  static constexpr std::size_t lanes = bytes / sizeof(Real);
  using Vector [[gnu::vector_size(bytes)]] = Real;
  /// One vector of doubles.
  static constexpr std::size_t wide_lanes = bytes / sizeof(double);
  using Wide [[gnu::vector_size(bytes)]] = double;
};

template <class Vector, class Real>
Vector load(const Real* from) {
  Vector v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class Vector, class Real>
void store(Vector v, Real* to) {
  __builtin_memcpy(to, &v, sizeof v);
}

/// v[index[0]], v[index[1]], .. of 32-bit numbers, indices modulo the lanes. Clang has no such
/// builtin.
template <class Vector, class Indices>
[[gnu::always_inline]] inline Vector shuffle(Vector v, Indices index) {
#if !defined(__clang__)
  return __builtin_shuffle(v, index);
#elif defined(__AVX512F__)
  return Vector(_mm512_permutexvar_epi32(__m512i(index), __m512i(v)));
#else
  return Vector(_mm256_permutevar8x32_epi32(__m256i(v), __m256i(index)));
#endif
}

/// Of two registers, one after the other.
template <class Vector, class Indices>
[[gnu::always_inline]] inline Vector shuffle(Vector low, Vector high, Indices index) {
#if !defined(__clang__)
  return __builtin_shuffle(low, high, index);
#elif defined(__AVX512F__)
  return Vector(_mm512_permutex2var_epi32(__m512i(low), __m512i(index), __m512i(high)));
#else
  return Vector(_mm256_blendv_epi8(__m256i(shuffle(low, index)), __m256i(shuffle(high, index)),
                                   __m256i(-(index >> 3 & 1))));
#endif
}

}  // namespace symbreak::kernel
