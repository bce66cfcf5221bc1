#include "sim/kernel/patch/box_sum.hpp"

#include <cmath>
#include <vector>

#include "sim/kernel/simd/elementary_inline.hpp"

namespace symbreak::kernel {

void box_sum(std::span<const double> in, std::size_t height, std::size_t width, std::size_t side,
             std::span<double> out) {
  const std::size_t half = side / 2, sites = height * width;
  std::vector<double> padded(width + 2 * half);
  double* const row_sum = padded.data();
  for (std::size_t start = 0; start < in.size(); start += sites) {
    const double* const lattice = in.data() + start;
    for (std::size_t y = 0; y < height; ++y) {
      double* const middle = row_sum + half;
      for (std::size_t x = 0; x < width; ++x) middle[x] = 0;
      for (std::size_t k = 0; k < side; ++k) {
        const double* const row = lattice + (y + height + k - half) % height * width;
        for (std::size_t x = 0; x < width; ++x) middle[x] += row[x];
      }
      for (std::size_t k = 0; k < half; ++k) {
        row_sum[k] = row_sum[width + k];
        row_sum[half + width + k] = row_sum[half + k];
      }
      double* const to = out.data() + start + y * width;
      for (std::size_t x = 0; x < width; ++x) to[x] = row_sum[x];
      for (std::size_t k = 1; k < side; ++k) {
        for (std::size_t x = 0; x < width; ++x) to[x] += row_sum[x + k];
      }
    }
  }
}

void tanh(std::span<const double> x, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    // tanh|u| = -expm1(-2|u|)/(1 + e^{-2|u|}); near 0 the series avoids the cancellation.
    const double u = std::abs(x[i]), e = inline_elementary::exp(-2 * u), u2 = u * u;
    const double small = u * (1 + u2 * (-1.0 / 3 + u2 * (2.0 / 15 + u2 * (-17.0 / 315))));
    const double value = u < 0.02 ? small : (1 - e) / (1 + e);
    y[i] = std::copysign(value, x[i]);
  }
}

}  // namespace symbreak::kernel
