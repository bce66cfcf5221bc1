#include "sim/kernel/levels/level_sums.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "sim/kernel/simd/elementary_inline.hpp"
#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {
namespace {

using Vector = Simd<double>::Vector;
constexpr std::size_t lanes = Simd<double>::lanes;

/// Levels per pass: they stay in the first-level cache.
constexpr std::size_t block = 1024;

void scale(std::vector<double>& sums, const std::vector<double>& factor) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] *= factor[i];
}

/// Adds the terms of `group` levels at once, so that a sum is loaded and stored once per group.
template <std::size_t group>
void add_group(const double* e, const std::vector<double>& b, BoltzmannSums& sums) {
  const double* const slope = b.data();
  double* const first = sums.first.data();
  double* const energy = sums.energy.data();
  double* const second = sums.second.data();
  double* const third = sums.third.data();
  double* const fourth = sums.fourth.data();
  const std::size_t count = b.size();
#pragma GCC ivdep  // six arrays of their own
  for (std::size_t i = 0; i < count; ++i) {
    double s1 = 0, se = 0, s2 = 0, s3 = 0, s4 = 0;
    for (std::size_t g = 0; g < group; ++g) {
      const double w = inline_elementary::exp(slope[i] * e[g]), square = w * w;
      s1 += w;
      se += w * e[g];
      s2 += square;
      s3 += square * w;
      s4 += square * square;
    }
    first[i] += s1;
    energy[i] += se;
    second[i] += s2;
    third[i] += s3;
    fourth[i] += s4;
  }
}

}  // namespace

double largest(std::span<const double> levels) {
  // Four chains of comparisons hide their latency.
  constexpr std::size_t chains = 4;
  Vector top[chains];
  for (Vector& each : top) each = levels[0] - Vector{};
  std::size_t i = 0;
  for (; i + chains * lanes <= levels.size(); i += chains * lanes) {
    for (std::size_t c = 0; c < chains; ++c) {
      const Vector e = load<Vector>(&levels[i + c * lanes]);
      top[c] = e > top[c] ? e : top[c];
    }
  }
  double most = levels[0];
  for (const Vector& each : top) {
    for (std::size_t lane = 0; lane < lanes; ++lane) most = std::max(most, each[lane]);
  }
  for (; i < levels.size(); ++i) most = std::max(most, levels[i]);
  return most;
}

LevelSums::LevelSums(std::span<const double> b) : b_(b.begin(), b.end()) { reset(); }

void LevelSums::reset() {
  for (auto* sum : {&sums_.first, &sums_.energy, &sums_.second, &sums_.third, &sums_.fourth}) {
    sum->assign(b_.size(), 0);
  }
  sums_.log_scale.assign(b_.size(), 0);
  sums_.reference = 0;
  empty_ = true;
}

void LevelSums::move_reference(double to) {
  if (!empty_) {
    const double shift = sums_.reference - to;
    std::vector<double> factor(b_.size());
    for (std::size_t i = 0; i < b_.size(); ++i) {
      factor[i] = std::exp(b_[i] * shift);
      sums_.energy[i] = factor[i] * (sums_.energy[i] + shift * sums_.first[i]);
    }
    for (auto* sum : {&sums_.first, &sums_.second, &sums_.third, &sums_.fourth}) {
      const auto power =
          1 + (sum == &sums_.second) + 2 * (sum == &sums_.third) + 3 * (sum == &sums_.fourth);
      for (int k = 0; k < power; ++k) scale(*sum, factor);
    }
  }
  sums_.reference = to;
  empty_ = false;
}

void LevelSums::add(std::span<const double> levels) {
  std::array<double, block> relative;
  for (std::size_t done = 0; done < levels.size(); done += block) {
    const auto part = levels.subspan(done, std::min(block, levels.size() - done));
    const double top = largest(part);
    if (empty_ || top > sums_.reference) move_reference(top);
    for (std::size_t j = 0; j < part.size(); ++j) relative[j] = part[j] - sums_.reference;
    std::size_t j = 0;
    constexpr std::size_t group = 4;
    for (; j + group <= part.size(); j += group) add_group<group>(&relative[j], b_, sums_);
    for (; j < part.size(); ++j) add_group<1>(&relative[j], b_, sums_);
  }
}

std::vector<double> LevelSums::save() const {
  std::vector<double> state{empty_ ? 1.0 : 0.0, sums_.reference};
  for (const auto* sum :
       {&sums_.first, &sums_.energy, &sums_.second, &sums_.third, &sums_.fourth}) {
    state.insert(state.end(), sum->begin(), sum->end());
  }
  return state;
}

void LevelSums::load(std::span<const double> state) {
  if (state.size() != 2 + 5 * b_.size()) throw std::invalid_argument("level sums: foreign state");
  empty_ = state[0] != 0;
  sums_.reference = state[1];
  auto from = state.begin() + 2;
  for (auto* sum : {&sums_.first, &sums_.energy, &sums_.second, &sums_.third, &sums_.fourth}) {
    std::copy_n(from, b_.size(), sum->begin());
    from += static_cast<std::ptrdiff_t>(b_.size());
  }
}

}  // namespace symbreak::kernel
