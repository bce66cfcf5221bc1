// 64 replicas of one spin system, side by side in vector lanes: what every kernel of that kind can
// do. May depend on: spin_graph.hpp, lane_random.hpp.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/kernel/spins/lane_random.hpp"
#include "sim/kernel/spins/spin_graph.hpp"

namespace symbreak::kernel {

constexpr std::size_t spin_lanes = 64;
using LaneMask = std::uint64_t;  ///< bit l: lane l
using LaneValues = std::array<double, spin_lanes>;
/// tanh of every lane, to 2e-16 of 1.
LaneValues tanh(const LaneValues& x);

/// State of the random numbers: of a LaneRandom and a WordRandom.
constexpr std::size_t spin_random_words = LaneRandom::state_words + 2;
using SpinSeed = std::span<const std::uint64_t, spin_random_words>;

/// The random numbers of 64 replicas: vectors for the sweeps, single words for what is rare.
struct SpinRandom {
  LaneRandom lanes;
  WordRandom words;

  explicit SpinRandom(SpinSeed seed)
      : lanes(seed.first<LaneRandom::state_words>()),
        words(seed[LaneRandom::state_words], seed[LaneRandom::state_words + 1]) {}
  std::array<std::uint64_t, spin_random_words> state() const {
    std::array<std::uint64_t, spin_random_words> all;
    const auto head = lanes.state();
    const auto tail = words.state();
    std::copy(tail.begin(), tail.end(), std::copy(head.begin(), head.end(), all.begin()));
    return all;
  }
  LaneValues uniforms() {
    LaneValues result;
    for (double& u : result) u = words.uniform();
    return result;
  }
};

/// Replica l samples p(s) ~ exp(scale_l sum_{i<j} K_ij s_i s_j + sum_i h_i^l s_i) by heat bath: the
/// spins of a lane are visited one after the other, each drawn from its law given the others.
/// Which h a lane feels: the 64 lanes are `groups` (a power of two) runs of equal length with one
/// field each. `SpinGraph::field` is not used here; the caller adds it.
class SpinLanes {
 public:
  explicit SpinLanes(SpinSeed seed) : random_(seed) {}
  virtual ~SpinLanes() = default;
  virtual std::size_t sites() const = 0;

  /// sites x groups, the groups of a site consecutive.
  virtual void set_field(std::span<const double> field, std::size_t groups) = 0;
  /// Factors of the couplings, one per lane (tempering); 1 at the start. Throws std::logic_error
  /// where the kernel has no such factors.
  virtual void set_scale(const LaneValues& scale) = 0;

  virtual void sweep(std::size_t count) = 0;

  /// A = sum_i h_i s_i of each lane.
  virtual LaneValues overlap() const = 0;
  /// sum_{i<j} K_ij s_i s_j of each lane, without the scale.
  virtual LaneValues bonds() const = 0;
  /// sum_i s_i of each lane.
  virtual LaneValues magnetization() const = 0;
  /// s -> -s in the lanes of the mask.
  virtual void flip(LaneMask lanes) = 0;
  /// sums[64 i + l] += weight_l s_i^l.
  virtual void add_spins(const LaneValues& weight, std::span<float> sums) const = 0;

  /// Uniforms in (0,1), one per lane.
  LaneValues uniforms() { return random_.uniforms(); }

  /// Bit l of word i: whether spin i of lane l is up.
  virtual std::vector<LaneMask> spins() const = 0;
  virtual void set_spins(std::span<const LaneMask> spins) = 0;
  std::array<std::uint64_t, spin_random_words> random_state() const { return random_.state(); }
  void set_random_state(SpinSeed state) { random_ = SpinRandom(state); }

 protected:
  SpinRandom random_;
};

}  // namespace symbreak::kernel
