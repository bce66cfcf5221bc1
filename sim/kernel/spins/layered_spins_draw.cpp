// Samples of layered spins: the forward pass, then spin by spin backward through it.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/kernel/spins/layered_spins.hpp"

namespace symbreak::kernel {

namespace {

/// A number in [0, total) picks an entry of the running sums.
std::uint32_t pick(const std::vector<double>& cumulative, double uniform) {
  const auto found =
      std::upper_bound(cumulative.begin(), cumulative.end() - 1, uniform * cumulative.back());
  return static_cast<std::uint32_t>(found - cumulative.begin());
}

std::vector<double> running_sums(std::span<const double> weights) {
  std::vector<double> sums(weights.begin(), weights.end());
  std::partial_sum(sums.begin(), sums.end(), sums.begin());
  return sums;
}

}  // namespace

/// The transfer of one layer, spin by spin, in plain numbers.
class LayeredSpins::Transfer {
 public:
  Transfer(const LayeredSpins& spins, std::span<const double> field)
      : g_(spins), size_(std::size_t{1} << spins.width_), field_(field) {}

  std::size_t size() const { return size_; }

  /// Replaces old spin r of `state` by the new one.
  void step(std::size_t site, std::size_t r, std::vector<double>& state) const {
    const double h = field_[site], a = std::abs(h);
    const double up = std::exp(h - a), down = std::exp(-h - a);
    const auto [same, other] = bond(site);
    const std::size_t half = std::size_t{1} << r;
    for (std::size_t base = 0; base < size_; base += 2 * half) {
      for (std::size_t c = base; c < base + half; ++c) {
        const double lower = state[c], upper = state[c + half];
        state[c] = down * (same * lower + other * upper);
        state[c + half] = up * (same * upper + other * lower);
      }
    }
  }
  /// exp(+-K), the larger one 1.
  std::pair<double, double> bond(std::size_t site) const {
    const double K = g_.between_[site], a = std::abs(K);
    return {std::exp(K - a), std::exp(-K - a)};
  }
  /// Bonds within the layer, and normalisation.
  void weigh(std::size_t layer, std::vector<double>& state) const {
    const auto& weight = g_.weight_[static_cast<std::size_t>(g_.table_[layer])];
    double top = 0;
    for (std::size_t c = 0; c < size_; ++c) top = std::max(top, state[c] *= weight[c]);
    if (!(top > 0)) return;
    for (double& value : state) value /= top;
  }

 private:
  const LayeredSpins& g_;
  std::size_t size_;
  std::span<const double> field_;
};

void LayeredSpins::draw(std::span<const double> field, std::span<const double> closing,
                        const Uniforms& uniforms, std::span<double> states) const {
  const auto n = static_cast<std::size_t>(sites()), width = static_cast<std::size_t>(width_),
             layers = static_cast<std::size_t>(layers_);
  const std::size_t count = states.size() / n;
  const Transfer transfer(*this, field);
  std::vector<double> uniform(count);
  uniforms(uniform);

  // Samples of one closing configuration share a forward pass.
  std::vector<std::uint32_t> last(count, 0);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (closed_) {
    const double top = *std::max_element(closing.begin(), closing.end());
    std::vector<double> weights(closing.begin(), closing.end());
    for (double& weight : weights) weight = std::exp(weight - top);
    const std::vector<double> cumulative = running_sums(weights);
    for (std::size_t k = 0; k < count; ++k) last[k] = pick(cumulative, uniform[k]);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return last[a] < last[b]; });
  }

  std::vector<std::vector<double>> forward(layers), before(width);
  std::vector<double> state(transfer.size());
  for (std::size_t begin = 0, end = 0; begin < count; begin = end) {
    const std::uint32_t start = last[order[begin]];
    while (end < count && last[order[end]] == start) ++end;
    std::fill(state.begin(), state.end(), 0.0);
    state[start] = 1;
    for (std::size_t layer = 0; layer < layers; ++layer) {
      for (std::size_t r = 0; r < width; ++r) transfer.step(layer * width + r, r, state);
      transfer.weigh(layer, state);
      forward[layer] = state;
    }
    if (!closed_) {
      const std::vector<double> cumulative = running_sums(state);
      for (std::size_t k = 0; k < count; ++k) last[k] = pick(cumulative, uniform[k]);
    }
    for (std::size_t layer = layers; layer-- > 0;) {
      for (std::size_t k = begin; k < end; ++k) {
        for (std::size_t r = 0; r < width; ++r) {
          states[order[k] * n + layer * width + r] = (last[order[k]] >> r & 1) != 0 ? 1 : -1;
        }
      }
      if (layer == 0) break;
      state = forward[layer - 1];
      for (std::size_t r = 0; r < width; ++r) {
        before[r] = state;
        transfer.step(layer * width + r, r, state);
      }
      uniform.resize((end - begin) * width);
      uniforms(uniform);
      std::vector<std::pair<double, double>> bonds(width);
      for (std::size_t r = 0; r < width; ++r) bonds[r] = transfer.bond(layer * width + r);
      const double* u = uniform.data();
      for (std::size_t k = begin; k < end; ++k) {
        std::uint32_t& c = last[order[k]];
        for (std::size_t r = width; r-- > 0;) {
          const auto bit = std::uint32_t{1} << r;
          const auto [same, other] = bonds[r];
          const bool up = (c & bit) != 0;
          const double if_up = before[r][c | bit] * (up ? same : other);
          const double if_down = before[r][c & ~bit] * (up ? other : same);
          c = *u++ * (if_up + if_down) < if_up ? c | bit : c & ~bit;
        }
      }
    }
  }
}

}  // namespace symbreak::kernel
