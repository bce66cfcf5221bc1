#include "sim/kernel/level_sums.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "sim/kernel/elementary_inline.hpp"
#include "sim/kernel/simd.hpp"

namespace symbreak::kernel {
namespace {

using Vector = Simd<double>::Vector;
constexpr std::size_t lanes = Simd<double>::lanes;

/// Levels per pass: they and their weights stay in the first-level cache.
constexpr std::size_t block = 1024;
/// Powers whose sums stay in registers during a pass.
constexpr std::size_t tile = 16;

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

PowerLadder::PowerLadder(double step, std::size_t powers, bool energies)
    : step_(step), powers_(powers), energies_(energies) {
  if (powers == 0 || powers % 64 != 0) {
    throw std::invalid_argument("power ladder: the number of powers is a multiple of 64");
  }
  reset();
}

void PowerLadder::reset() {
  lanes_.assign(powers_ * lanes, 0);
  energy_lanes_.assign(powers_ / 4 * lanes, 0);
  empty_ = true;
}

void PowerLadder::move_reference(double to) {
  if (!empty_) {
    const double shift = reference_ - to;
    for (std::size_t n = 1; n <= powers_; ++n) {
      const double factor = std::exp(static_cast<double>(n) * step_ * shift);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::size_t i = (n - 1) * lanes + lane;
        if (i < energy_lanes_.size()) {
          energy_lanes_[i] = factor * (energy_lanes_[i] + shift * lanes_[i]);
        }
        lanes_[i] *= factor;
      }
    }
  }
  reference_ = to;
  empty_ = false;
}

namespace {

enum class Seed { one, array };

/// sums[k] += seed w^{k+1}, k = 0..tile-1, and w^tile seed -> `next` if wanted. Four independent
/// chains of powers, steps of w^4, hide the latency of the products.
template <Seed origin, bool keep>
void add_powers(const double* weights, const double* seeds, std::size_t size, double* sums,
                double* next) {
  Vector sum[tile];
  for (std::size_t k = 0; k < tile; ++k) sum[k] = load<Vector>(sums + k * lanes);
  for (std::size_t i = 0; i < size; i += lanes) {
    const Vector w = load<Vector>(weights + i), w2 = w * w, w4 = w2 * w2;
    // Each power is added as soon as it is there: 16 sums and these fit the registers.
    Vector power[4] = {w, w2, w * w2, w4};
    if constexpr (origin == Seed::array) {
      const Vector seed = load<Vector>(seeds + i);
      for (Vector& each : power) each *= seed;
    }
    for (std::size_t k = 0; k < 4; ++k) sum[k] += power[k];
#pragma GCC unroll 3
    for (std::size_t step = 4; step < tile; step += 4) {
#pragma GCC unroll 4
      for (std::size_t k = 0; k < 4; ++k) {
        power[k] *= w4;
        sum[step + k] += power[k];
      }
    }
    if constexpr (keep) store(power[3], next + i);
  }
  for (std::size_t k = 0; k < tile; ++k) store(sum[k], sums + k * lanes);
}

}  // namespace

void PowerLadder::add(std::span<const double> levels) {
  for (std::size_t done = 0; done < levels.size(); done += block) {
    add_block(levels.subspan(done, std::min(block, levels.size() - done)));
  }
}

void PowerLadder::add_block(std::span<const double> levels) {
  const double top = largest(levels);
  if (empty_ || top > reference_) move_reference(top);
  alignas(64) std::array<double, block> weights, seeds, energies;
  const double step = step_, reference = reference_;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    energies[i] = levels[i] - reference;
    weights[i] = inline_elementary::exp(step * energies[i]);
  }
  const std::size_t size = (levels.size() + lanes - 1) / lanes * lanes;
  for (std::size_t i = levels.size(); i < size; ++i) weights[i] = energies[i] = 0;
  for (std::size_t first = 0; first < powers_; first += tile) {
    double* const sums = &lanes_[first * lanes];
    if (energies_ && first < powers_ / 4) {
      double* const energy_sums = &energy_lanes_[first * lanes];
      if (first > 0) {
        for (std::size_t i = 0; i < size; ++i) energies[i] *= seeds[i];
      }
      add_powers<Seed::array, false>(weights.data(), energies.data(), size, energy_sums, nullptr);
      if (first > 0 && first + tile < powers_ / 4) {
        for (std::size_t i = 0; i < levels.size(); ++i) energies[i] = levels[i] - reference;
      }
    }
    if (first == 0) {
      add_powers<Seed::one, true>(weights.data(), nullptr, size, sums, seeds.data());
    } else if (first + tile < powers_) {
      add_powers<Seed::array, true>(weights.data(), seeds.data(), size, sums, seeds.data());
    } else {
      add_powers<Seed::array, false>(weights.data(), seeds.data(), size, sums, nullptr);
    }
  }
}

namespace {

double sum_of_lanes(const std::vector<double>& all, std::size_t power) {
  double sum = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) sum += all[(power - 1) * lanes + lane];
  return sum;
}

}  // namespace

std::vector<double> PowerLadder::log_sums() const {
  std::vector<double> logs(powers_);
  for (std::size_t n = 1; n <= powers_; ++n) {
    logs[n - 1] = static_cast<double>(n) * step_ * reference_ + std::log(sum_of_lanes(lanes_, n));
  }
  return logs;
}

BoltzmannSums PowerLadder::sums() const {
  BoltzmannSums result;
  result.reference = reference_;
  result.log_scale.assign(powers_ / 4, 0);
  for (std::size_t n = 1; n <= powers_ / 4; ++n) {
    result.first.push_back(sum_of_lanes(lanes_, n));
    result.energy.push_back(sum_of_lanes(energy_lanes_, n));
    result.second.push_back(sum_of_lanes(lanes_, 2 * n));
    result.third.push_back(sum_of_lanes(lanes_, 3 * n));
    result.fourth.push_back(sum_of_lanes(lanes_, 4 * n));
  }
  return result;
}

std::vector<double> PowerLadder::save() const {
  std::vector<double> state{empty_ ? 1.0 : 0.0, reference_};
  state.insert(state.end(), lanes_.begin(), lanes_.end());
  state.insert(state.end(), energy_lanes_.begin(), energy_lanes_.end());
  return state;
}

void PowerLadder::load(std::span<const double> state) {
  if (state.size() != 2 + lanes_.size() + energy_lanes_.size()) {
    throw std::invalid_argument("power ladder: foreign state");
  }
  empty_ = state[0] != 0;
  reference_ = state[1];
  const auto from = state.begin() + 2;
  std::copy_n(from, lanes_.size(), lanes_.begin());
  std::copy_n(from + static_cast<std::ptrdiff_t>(lanes_.size()), energy_lanes_.size(),
              energy_lanes_.begin());
}

}  // namespace symbreak::kernel
