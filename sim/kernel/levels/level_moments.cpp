#include "sim/kernel/levels/level_moments.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "sim/kernel/simd/elementary_inline.hpp"
#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {
namespace {

constexpr std::size_t terms = 8;
using Moments = std::array<double, terms>;
// Four moments a register: wider ones would wait for the multiplications.
using Four [[gnu::vector_size(4 * sizeof(double))]] = double;
using Mask [[gnu::vector_size(4 * sizeof(double))]] = std::int64_t;

using Eight [[gnu::vector_size(terms * sizeof(double))]] = double;

/// Levels per pass.
constexpr std::size_t block = 1024;

/// Where the levels of a pass lie.
struct Places {
  alignas(64) std::array<double, block> x;
  alignas(64) std::array<std::int32_t, block> bin;
  std::int32_t lowest, highest;  ///< bins

  void find(std::span<const double> levels, double width) {
    constexpr double shifter = 0x1.8p52;  // rounds to an integer, which the low bits then hold
    const double inverse = 1 / width;
    // Local, or GCC takes the extremes for parts of the arrays.
    std::int32_t low = std::numeric_limits<std::int32_t>::max();
    std::int32_t high = std::numeric_limits<std::int32_t>::min();
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const double scaled = levels[i] * inverse, shifted = scaled + shifter;
      x[i] = 2 * (scaled - (shifted - shifter));
      const auto k = static_cast<std::int32_t>(std::bit_cast<std::uint64_t>(shifted));
      bin[i] = k;
      low = std::min(low, k);
      high = std::max(high, k);
    }
    lowest = low;
    highest = high;
  }
};

/// Adds 1, x, .., x^7 to the eight moments at `to`.
[[gnu::always_inline]] inline void add_powers(double x, double* to) {
  constexpr Mask odd = {0, -1, 0, -1}, upper = {0, 0, -1, -1};
  const Four all = x - Four{}, square = all * all;
  const Four pair = odd ? all : Four{} + 1.0, low = upper ? pair * square : pair;
  store(load<Four>(to) + low, to);
  store(load<Four>(to + 4) + low * (square * square), to + 4);
}

/// p_m(z) of exp(z x) = sum_m p_m x^m, |x| <= 1.
Moments exponential_series(double z) {
  std::array<double, terms + 2> c{1};
  for (std::size_t m = 1; m < c.size(); ++m) c[m] = c[m - 1] * z / static_cast<double>(m);
  Moments p;
  std::copy_n(c.begin(), terms, p.begin());
  // x^8 - T_8(x)/2^7 and x^9 - T_9(x)/2^8.
  p[6] += 2 * c[8], p[4] -= 1.25 * c[8], p[2] += 0.25 * c[8], p[0] -= c[8] / 128;
  p[7] += 2.25 * c[9], p[5] -= 1.6875 * c[9], p[3] += 0.46875 * c[9], p[1] -= 0.03515625 * c[9];
  return p;
}

double product(const Moments& a, const Eight& b) {
  double sum = 0;
  for (std::size_t m = 0; m < terms; ++m) sum += a[m] * b[m];
  return sum;
}

}  // namespace

LevelMoments::LevelMoments(double steepest) : width_(1 / (8 * steepest)) {
  if (!(steepest > 0)) throw std::invalid_argument("level moments: no inverse temperature");
  reset();
}

void LevelMoments::reset() {
  highest_ = -std::numeric_limits<double>::infinity();
  std::fill(moments_.begin(), moments_.end(), 0.0);
}

void LevelMoments::make_room(std::int32_t lowest, std::int32_t highest) {
  const auto bins = static_cast<std::int32_t>(moments_.size() / terms);
  if (bins > 0 && lowest >= first_ && highest < first_ + bins) return;
  // More than is needed now: the extremes of later levels lie further out.
  const std::int32_t margin = (highest - lowest) / 4 + 1;
  const std::int32_t first = std::min(bins > 0 ? first_ : lowest, lowest - margin);
  const std::int32_t end = std::max(bins > 0 ? first_ + bins : highest, highest + margin);
  std::vector<double> wider(static_cast<std::size_t>(end - first) * terms, 0.0);
  std::copy(moments_.begin(), moments_.end(),
            wider.begin() + (bins > 0 ? (first_ - first) * static_cast<std::int32_t>(terms) : 0));
  moments_ = std::move(wider);
  first_ = first;
}

void LevelMoments::add(std::span<const double> levels) {
  Places at;
  for (std::size_t done = 0; done < levels.size(); done += block) {
    const auto part = levels.subspan(done, std::min(block, levels.size() - done));
    highest_ = std::max(highest_, largest(part));
    at.find(part, width_);
    make_room(at.lowest, at.highest);
    double* const origin = moments_.data() - std::ptrdiff_t{first_} * terms;
#pragma GCC unroll 2
    for (std::size_t i = 0; i < part.size(); ++i) {
      add_powers(at.x[i], origin + std::ptrdiff_t{at.bin[i]} * terms);
    }
  }
}

BoltzmannSums LevelMoments::sums(std::span<const double> b) const {
  // The bins above the one of the highest level are empty, and their weights may overflow.
  const auto bins = static_cast<std::size_t>(std::lround(highest_ / width_) - first_ + 1);
  std::vector<double> centre(bins), weight(bins);
  for (std::size_t k = 0; k < bins; ++k) {
    centre[k] = (first_ + static_cast<double>(k)) * width_ - highest_;
  }
  BoltzmannSums result;
  result.reference = highest_;
  result.log_scale.assign(b.size(), 0);
  for (const double each : b) {
    for (std::size_t k = 0; k < bins; ++k) weight[k] = inline_elementary::exp(each * centre[k]);
    // Moments of all levels: every bin weighted with w c, w, w^2, w^3 and w^4.
    std::array<Eight, 5> total{};
    for (std::size_t k = 0; k < bins; ++k) {
      const Eight moments = kernel::load<Eight>(&moments_[k * terms]);
      const double w = weight[k], square = w * w;
      total[0] += w * centre[k] * moments;
      total[1] += w * moments;
      total[2] += square * moments;
      total[3] += square * w * moments;
      total[4] += square * square * moments;
    }
    const auto series = [&](int power) { return exponential_series(power * each * width_ / 2); };
    result.first.push_back(product(series(1), total[1]));
    result.second.push_back(product(series(2), total[2]));
    result.third.push_back(product(series(3), total[3]));
    result.fourth.push_back(product(series(4), total[4]));
    // (c + u - reference) exp(b u) with u = e - c = x h/2, which raises the order by one.
    double offset = 0;
    for (std::size_t m = 1; m < terms; ++m) offset += series(1)[m - 1] * total[1][m];
    result.energy.push_back(product(series(1), total[0]) + width_ / 2 * offset);
  }
  return result;
}

std::vector<double> LevelMoments::save() const {
  std::vector<double> state{highest_, static_cast<double>(first_)};
  state.insert(state.end(), moments_.begin(), moments_.end());
  return state;
}

void LevelMoments::load(std::span<const double> state) {
  if (state.size() < 2 || (state.size() - 2) % terms != 0) {
    throw std::invalid_argument("level moments: foreign state");
  }
  highest_ = state[0];
  first_ = static_cast<std::int32_t>(state[1]);
  moments_.assign(state.begin() + 2, state.end());
}

}  // namespace symbreak::kernel
