#include "sim/kernel/levels/smooth_table.hpp"

#include <algorithm>
#include <cstdint>

#include "sim/kernel/simd/fused.hpp"

namespace symbreak::kernel {

double SmoothTable::node(std::size_t k) {
  return 0.5 - 0.5 * std::cos((2 * static_cast<double>(k) + 1) * M_PI / (2 * terms));
}

void SmoothTable::append(const double (&values)[terms]) {
  // Newton's divided differences, then expanded in powers.
  double divided[terms];
  std::copy(std::begin(values), std::end(values), divided);
  for (std::size_t level = 1; level < terms; ++level) {
    for (std::size_t k = terms - 1; k >= level; --k) {
      divided[k] = (divided[k] - divided[k - 1]) / (node(k) - node(k - level));
    }
  }
  double polynomial[terms] = {};
  for (std::size_t k = terms; k-- > 0;) {
    for (std::size_t power = terms - 1; power > 0; --power) {
      polynomial[power] = polynomial[power - 1] - node(k) * polynomial[power];
    }
    polynomial[0] = divided[k] - node(k) * polynomial[0];
  }
  coefficients_.insert(coefficients_.end(), std::begin(polynomial), std::end(polynomial));
}

void SmoothTable::evaluate(std::span<const double> x, std::span<double> y) const {
  const double last = static_cast<double>(coefficients_.size() / terms) - 1;
  const double* const table = coefficients_.data();
  const double first = first_, scale = scale_;
  double* const out = y.data();
  const double* const in = x.data();
  const std::size_t size = x.size();
#pragma GCC ivdep
  for (std::size_t i = 0; i < size; ++i) {
    const double place = (in[i] - first) * scale;
    const double bounded = place < 0 ? 0 : (place > last ? last : place);
    const auto interval = static_cast<std::int64_t>(bounded);
    const double t = place - static_cast<double>(interval);
    const double* c = table + static_cast<std::int64_t>(terms) * interval;
    double value = c[5];
    value = std::fma(value, t, c[4]);
    value = std::fma(value, t, c[3]);
    value = std::fma(value, t, c[2]);
    value = std::fma(value, t, c[1]);
    out[i] = std::fma(value, t, c[0]);
  }
}

SmoothTables::SmoothTables(std::span<const SmoothTable> tables)
    : count_(tables.size()), first_(tables.front().first_), scale_(tables.front().scale_) {
  constexpr std::size_t lanes = Simd<double>::lanes;
  padded_ = (count_ + lanes - 1) / lanes * lanes;
  const std::size_t polynomials = tables.front().coefficients_.size();  // terms per interval
  coefficients_.assign(polynomials * padded_, 0.0);
  for (std::size_t k = 0; k < count_; ++k) {
    for (std::size_t i = 0; i < polynomials; ++i) {
      coefficients_[i * padded_ + k] = tables[k].coefficients_[i];
    }
  }
}

void SmoothTables::evaluate(std::span<const double> x, std::span<double> y) const {
  using Vector = Simd<double>::Vector;
  constexpr std::size_t lanes = Simd<double>::lanes, terms = SmoothTable::terms;
  const std::size_t stride = terms * padded_, size = x.size();
  const double last = static_cast<double>(coefficients_.size() / stride) - 1;
  for (std::size_t i = 0; i < size; ++i) {
    const double place = (x[i] - first_) * scale_;
    const double bounded = place < 0 ? 0 : (place > last ? last : place);
    const auto interval = static_cast<std::int64_t>(bounded);
    const Vector t = (place - static_cast<double>(interval)) - Vector{};
    const double* const c = coefficients_.data() + static_cast<std::size_t>(interval) * stride;
    for (std::size_t k = 0; k < count_; k += lanes) {
      Vector value = load<Vector>(c + 5 * padded_ + k);
#pragma GCC unroll 5
      for (std::size_t power = 5; power-- > 0;) {
        value = fused(value, t, load<Vector>(c + power * padded_ + k));
      }
      for (std::size_t lane = 0; lane < std::min(lanes, count_ - k); ++lane) {
        y[(k + lane) * size + i] = value[lane];
      }
    }
  }
}

}  // namespace symbreak::kernel
