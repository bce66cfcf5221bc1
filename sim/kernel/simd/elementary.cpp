#include "sim/kernel/simd/elementary.hpp"

#include <stdexcept>

#include "sim/kernel/simd/elementary_inline.hpp"

namespace symbreak::kernel {
namespace {

template <class Real>
void exp_of_array(std::span<const Real> x, std::span<Real> y) {
  if (x.size() != y.size()) throw std::invalid_argument("exp: arrays of different lengths");
  const Real* from = x.data();
  Real* to = y.data();
  const std::size_t size = x.size();
#pragma GCC ivdep  // x and y are equal or apart
  for (std::size_t i = 0; i < size; ++i) to[i] = inline_elementary::exp(from[i]);
}

}  // namespace

double exp(double x) { return inline_elementary::exp(x); }
float exp(float x) { return inline_elementary::exp(x); }
void exp(std::span<const double> x, std::span<double> y) { exp_of_array(x, y); }
void exp(std::span<const float> x, std::span<float> y) { exp_of_array(x, y); }

}  // namespace symbreak::kernel
