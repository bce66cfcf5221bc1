// Replica exchange in the couplings of a spin system. May depend on: sim/kernel.
//
// Level k samples p_k(s) ~ exp(scale_k E(s) + h.s), E = sum_{i<j} K_ij s_i s_j, 1 = scale_0 >
// scale_1 > ... >= 0 (Swendsen & Wang, Phys. Rev. Lett. 57 (1986) 2607; Hukushima & Nemoto 1996).
// The field is not scaled: at scale 0 the spins are independent and one sweep draws them exactly.
// Neighbouring levels exchange their states with probability min(1, exp((scale_k - scale_k+1)(E_k+1
// - E_k))). All levels of a chain are lanes of one kernel, so an exchange only relabels lanes.
//
// The ladder: the mean acceptance of an exchange falls with the distance D = integral of sd(E) d
// scale of two levels, as erfc(D/2) while E is Gaussian (Kofke 2002). sd(E) is measured in a pilot
// run on 64 levels, and the levels are placed at equal D, down to scale 0 or as far as D = 1.4
// (acceptance 0.32) reaches.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "sim/kernel/spins/spin_lanes.hpp"

namespace symbreak::target {

/// Scales of `levels` levels. Runs `pilot` (its states, scales and random numbers are left changed)
/// in the field it has for a few hundred sweeps.
std::vector<double> tempering_ladder(kernel::SpinLanes& pilot, std::size_t levels);

/// The levels of the 64/levels chains of one kernel: lanes c levels .. (c+1) levels - 1 are chain
/// c.
class Tempering {
 public:
  explicit Tempering(std::vector<double> ladder);

  std::size_t levels() const { return ladder_.size(); }
  /// Tells the kernel the scale of every lane.
  void apply(kernel::SpinLanes& chains) const;
  /// Tries to exchange neighbouring levels: pairs (0,1), (2,3).. and (1,2), (3,4).. in turn.
  void exchange(kernel::SpinLanes& chains);
  /// The lane where chain c has scale 1.
  std::size_t cold_lane(std::size_t c) const { return lane_of_[c * levels()]; }

  /// Share of accepted exchanges of each pair of neighbours so far.
  std::vector<double> acceptance() const;

  /// For checkpoints: the lane of every level, whose turn it is, and the ladder.
  std::vector<std::uint64_t> save() const;
  void load(std::span<const std::uint64_t> state);
  std::size_t state_words() const { return kernel::spin_lanes + 1 + levels(); }

 private:
  std::vector<double> ladder_;
  std::vector<std::size_t> lane_of_;  ///< [chain levels + level]
  std::size_t parity_ = 0;
  std::vector<double> tried_, accepted_;
};

}  // namespace symbreak::target
