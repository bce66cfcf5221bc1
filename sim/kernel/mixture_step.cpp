#include "sim/kernel/mixture_step.hpp"

namespace symbreak::kernel {

namespace {

/// Independent partial sums, so that the reduction vectorises without reordering licences.
template <class Real, std::size_t kLanes, bool kShifted>
double advance(const MixtureStep<Real>& step, const Real* __restrict axis,
               const Real* __restrict shift, const Real* __restrict z, Real* __restrict x,
               std::size_t n) {
  Real sums[kLanes] = {};
  double total = 0;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      Real next = step.keep * x[i + k] + step.pull * axis[i + k] + step.kick * z[i + k];
      if constexpr (kShifted) next += step.middle * shift[i + k];
      x[i + k] = next;
      sums[k] += axis[i + k] * next;
    }
  }
  for (; i < n; ++i) {
    Real next = step.keep * x[i] + step.pull * axis[i] + step.kick * z[i];
    if constexpr (kShifted) next += step.middle * shift[i];
    x[i] = next;
    total += static_cast<double>(axis[i]) * static_cast<double>(next);
  }
  for (Real sum : sums) total += static_cast<double>(sum);
  return total;
}

}  // namespace

double mixture_step(const MixtureStep<double>& step, const double* axis, const double* shift,
                    const double* z, double* x, std::size_t n) {
  return shift == nullptr ? advance<double, 32, false>(step, axis, shift, z, x, n)
                          : advance<double, 32, true>(step, axis, shift, z, x, n);
}
double mixture_step(const MixtureStep<float>& step, const float* axis, const float* shift,
                    const float* z, float* x, std::size_t n) {
  return shift == nullptr ? advance<float, 64, false>(step, axis, shift, z, x, n)
                          : advance<float, 64, true>(step, axis, shift, z, x, n);
}

}  // namespace symbreak::kernel
