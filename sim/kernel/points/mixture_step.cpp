#include "sim/kernel/points/mixture_step.hpp"

#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {

namespace {

/// Four vectors of partial sums hide the latency of the multiply-adds.
template <class Real, bool kShifted>
double advance(const MixtureStep<Real>& step, const Real* axis, const Real* shift, const Real* z,
               Real* x, std::size_t n) {
  using Vector = typename Simd<Real>::Vector;
  constexpr std::size_t kLanes = Simd<Real>::lanes, kChains = 4;
  const Vector keep = Vector{} + step.keep, pull = Vector{} + step.pull,
               kick = Vector{} + step.kick, middle = Vector{} + step.middle;
  Vector sums[kChains] = {};
  double total = 0;
  std::size_t i = 0;
  for (; i + kChains * kLanes <= n; i += kChains * kLanes) {
#pragma GCC unroll 4
    for (std::size_t c = 0; c < kChains; ++c) {
      const std::size_t at = i + c * kLanes;
      const Vector direction = load<Vector>(axis + at);
      Vector next = keep * load<Vector>(x + at) + pull * direction + kick * load<Vector>(z + at);
      if constexpr (kShifted) next += middle * load<Vector>(shift + at);
      store(next, x + at);
      sums[c] += direction * next;
    }
  }
  for (; i < n; ++i) {
    Real next = step.keep * x[i] + step.pull * axis[i] + step.kick * z[i];
    if constexpr (kShifted) next += step.middle * shift[i];
    x[i] = next;
    total += static_cast<double>(axis[i]) * static_cast<double>(next);
  }
  const Vector sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (std::size_t k = 0; k < kLanes; ++k) total += static_cast<double>(sum[k]);
  return total;
}

}  // namespace

double mixture_step(const MixtureStep<double>& step, const double* axis, const double* shift,
                    const double* z, double* x, std::size_t n) {
  return shift == nullptr ? advance<double, false>(step, axis, shift, z, x, n)
                          : advance<double, true>(step, axis, shift, z, x, n);
}
double mixture_step(const MixtureStep<float>& step, const float* axis, const float* shift,
                    const float* z, float* x, std::size_t n) {
  return shift == nullptr ? advance<float, false>(step, axis, shift, z, x, n)
                          : advance<float, true>(step, axis, shift, z, x, n);
}

}  // namespace symbreak::kernel
