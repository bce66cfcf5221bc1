// One Markov chain of Swendsen-Wang updates that samples a ferromagnetic spin target, kept going.
// May depend on: sim/kernel, sim/random.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/kernel/spins/spin_graph.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::target {

class ClusterChain {
 public:
  /// Throws std::invalid_argument for a negative coupling.
  ClusterChain(const kernel::SpinGraph& graph, const random::Address& address);
  ~ClusterChain();
  ClusterChain(ClusterChain&&) noexcept;
  ClusterChain& operator=(ClusterChain&&) noexcept;

  /// One update. Returns sum over clusters of size^2, whose average is <M^2> when there are no
  /// fields, with less variance than M^2 (Wolff 1988).
  double sweep();
  /// The current spins, +-1.
  std::span<const std::int8_t> spins() const;

  std::vector<std::uint64_t> save() const;
  void load(const std::vector<std::uint64_t>& state);

 private:
  struct Chain;
  std::unique_ptr<Chain> chain_;
};

}  // namespace symbreak::target
