// Sums over P x P windows of periodic lattices, and tanh of arrays. Plain data in and out. May
// depend on: elementary_inline.hpp.
#pragma once
#include <cstddef>
#include <span>

namespace symbreak::kernel {

/// out[i] = sum of in over the P x P window (P odd, <= sides) centred on site i of each of the
/// height x width periodic lattices that follow each other in `in`. Separable: 2 P additions per
/// site, vectorised along rows. `out` is apart from `in`.
void box_sum(std::span<const double> in, std::size_t height, std::size_t width, std::size_t side,
             std::span<double> out);

/// y = tanh(x) element by element, absolute error 3e-16; y may be x.
void tanh(std::span<const double> x, std::span<double> y);

}  // namespace symbreak::kernel
