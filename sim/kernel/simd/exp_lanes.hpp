// The exponential of a whole register, for kernels that keep their numbers in registers.
// May depend on: elementary_inline.hpp, simd.hpp.
#pragma once
#include <iterator>

#include "sim/kernel/simd/elementary_inline.hpp"
#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {

/// exp of every lane, as `inline_elementary::exp` but for arguments within its limits only. In
/// float, n log(2) is rounded once: the error grows by 2e-9 |n|.
template <class Real>
[[gnu::always_inline]] inline typename Simd<Real>::Vector exp_lanes(typename Simd<Real>::Vector x) {
  using E = inline_elementary::Exponential<Real>;
  using Vector = typename Simd<Real>::Vector;
  using Words [[gnu::vector_size(sizeof(Vector))]] = typename E::Word;
  const Vector shifted = x * E::inverse_log_2 + E::shifter, n = shifted - E::shifter;
  Vector r = n * -E::log_2 + x;
  if constexpr (sizeof(Real) == sizeof(double)) r = n * -E::log_2_rest + r;
  constexpr int degree = std::size(E::q) - 1;
  Vector q = E::q[degree] - Vector{};
#pragma GCC unroll 10
  for (int k = degree - 1; k >= 0; --k) q = q * r + E::q[k];
  const Vector p = r * r * q + r + 1;
  return p * reinterpret_cast<Vector>(reinterpret_cast<Words>(shifted) << E::mantissa);
}

}  // namespace symbreak::kernel
