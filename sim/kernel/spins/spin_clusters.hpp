// Swendsen-Wang updates of ferromagnets (Phys. Rev. Lett. 58, 86 (1987)), couplings K_ij >= 0 on
// any graph, in fields of any sign (bonds to a spin that never flips). Plain data in and out. May
// depend on: sim/kernel/spins/spin_graph.hpp.
//
// Aligned neighbours are joined with probability 1 - exp(-2K), spins along their field are pinned
// with probability 1 - exp(-2|h|); clusters without a pinned spin take a random sign.
// Cost: two passes over bonds, three over sites: 16 to 25 ns per site of a square lattice at T_c.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/kernel/spins/spin_graph.hpp"

namespace symbreak::kernel {

class SpinClusters {
 public:
  /// Throws std::invalid_argument for a coupling below 0.
  explicit SpinClusters(const SpinGraph& graph);

  std::size_t sites() const { return root_.size(); }
  /// Random 32-bit numbers of one sweep.
  std::size_t words() const { return bonds_.size() + pins_.size() + sites(); }
  /// One update of `spins` (+-1) with `words()` random numbers. Returns sum over clusters of
  /// size^2: without fields its average is <M^2>, with less variance than M^2 itself (improved
  /// estimator, Wolff, Phys. Rev. Lett. 60, 1461 (1988)).
  double sweep(std::span<std::int8_t> spins, std::span<const std::uint32_t> random);
  /// E(s) + h.s
  double log_weight(std::span<const std::int8_t> spins) const;
  std::size_t memory() const;

 private:
  struct Bond {
    std::int32_t i, j;
    std::uint32_t join;  ///< probability in units of 2^-32
  };
  struct Pin {
    std::int32_t i;
    std::uint32_t pin;
    double h;
  };
  /// Makes one cluster of those of i and j (Rem's algorithm: Patwary, Blair and Manne, SEA 2010).
  void join(std::int32_t i, std::int32_t j);

  std::vector<Bond> bonds_;
  std::vector<double> couplings_;     ///< K of each bond
  std::vector<std::int32_t> joined_;  ///< bonds that join, of one update
  std::vector<Pin> pins_;
  std::vector<std::int32_t> root_, size_;
  std::vector<std::uint8_t> pinned_;
};

}  // namespace symbreak::kernel
