// exp, log, sin/cos of arrays: plain C++ polynomials that the compiler vectorises, and the scalar
// definitions with the same bits. May depend on: the standard library.
#pragma once
#include <span>

namespace symbreak::kernel {

/// exp(x), relative error <= 2 ulp for x in [-708, 709]; 0 below, inf above; NaN propagates.
double exp(double x);
float exp(float x);
void exp(std::span<const double> x, std::span<double> y);  ///< y may alias x
void exp(std::span<const float> x, std::span<float> y);

}  // namespace symbreak::kernel
