// cos and sin of arrays: plain C++ polynomials that the compiler vectorises. May depend on: the
// standard library.
#pragma once
#include <span>

namespace symbreak::kernel {

/// c = cos(x) element by element, absolute error <= 3e-16 (beyond |x| = 2^20 by the standard
/// library); infinities and NaN give NaN. c is x itself or apart. Throws std::invalid_argument if
/// the lengths differ.
void cosine(std::span<const double> x, std::span<double> c);
/// The same with the sine; x is none of the results.
void sine_cosine(std::span<const double> x, std::span<double> s, std::span<double> c);

}  // namespace symbreak::kernel
