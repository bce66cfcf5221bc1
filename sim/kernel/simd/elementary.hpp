// exp of arrays: a plain C++ polynomial that the compiler vectorises, and the scalar definition
// with the same bits. May depend on: the standard library.
#pragma once
#include <span>

namespace symbreak::kernel {

/// exp(x), relative error <= 2 ulp for x in [-708, 709]; 0 below, inf above; NaN propagates.
double exp(double x);
/// The same on [-87, 88].
float exp(float x);
/// y = exp(x) element by element; y is x itself or apart. Throws std::invalid_argument if the
/// lengths differ.
void exp(std::span<const double> x, std::span<double> y);
void exp(std::span<const float> x, std::span<float> y);

}  // namespace symbreak::kernel
