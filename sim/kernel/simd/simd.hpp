// Vectors as wide as the machine's registers, by GCC's vector extensions. May depend on: nothing.
#pragma once
#include <cstddef>

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

}  // namespace symbreak::kernel
