#include "sim/kernel/levels/order_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/kernel/simd/logarithm_inline.hpp"

namespace symbreak::kernel {

void exponentials(std::span<double> uniforms) {
  double* const out = uniforms.data();
  const std::size_t size = uniforms.size();
  for (std::size_t i = 0; i < size; ++i) out[i] = -inline_elementary::log(out[i]);
}

void places_of_sums(double log_count, double inverse_count, std::span<double> sums) {
  double* const out = sums.data();
  const std::size_t size = sums.size();
  for (std::size_t i = 0; i < size; ++i) {
    const double T = out[i] * inverse_count, square = T * T;
    const double series =
        T / 2 - square * (1.0 / 24 - square * (1.0 / 2880 - square * (1.0 / 181440)));
    out[i] = log_count - inline_elementary::log(out[i]) + series;
  }
}

OrderStatistics::OrderStatistics(double log_count, double expected)
    : log_count_(log_count),
      count_(log_count < 700 ? std::exp(log_count) : std::numeric_limits<double>::infinity()),
      inverse_count_(std::exp(-log_count)) {
  const double share = expected * inverse_count_;
  limit_ = share > 1e-8 ? -std::log1p(-share) / inverse_count_ : expected * (1 + share / 2);
  threshold_ = log_count - std::log(expected);
  const auto size = static_cast<std::size_t>(expected + 6 * std::sqrt(expected) + 16);
  for (std::size_t i = 0; i < (size + 15) / 16 * 16; ++i) spacing_weight_.push_back(weight(i));
}

double OrderStatistics::weight(std::size_t index) const {
  const double left = 1 - static_cast<double>(index) * inverse_count_;
  // Past the last of N levels the next one lies beyond any threshold.
  return left > inverse_count_ / 2 ? 1 / left : std::numeric_limits<double>::infinity();
}

bool OrderStatistics::draw(std::span<const double> uniforms, double& sum,
                           std::vector<double>& s) const {
  const std::size_t before = s.size(), size = uniforms.size();
  s.resize(before + size);
  double* const out = s.data() + before;
  for (std::size_t i = 0; i < size; ++i) out[i] = -inline_elementary::log(uniforms[i]);
  std::size_t drawn = size;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t index = before + i;
    const double w = index < spacing_weight_.size() ? spacing_weight_[index] : weight(index);
    sum += out[i] * w;
    if (sum > limit_) {
      drawn = i;
      break;
    }
    out[i] = sum;
  }
  // -log U = -log(1 - e^{-T}), T = sum/N: log((1 - e^{-T})/T) as a series, T <= log 2.
  const double inverse = inverse_count_, log_count = log_count_;
  for (std::size_t i = 0; i < drawn; ++i) {
    const double T = out[i] * inverse, square = T * T;
    const double series =
        T / 2 -
        square * (1.0 / 24 - square * (1.0 / 2880 - square * (1.0 / 181440 - square / 9676800)));
    out[i] = log_count - inline_elementary::log(out[i]) + series;
  }
  s.resize(before + drawn);
  return drawn < size;
}

}  // namespace symbreak::kernel
