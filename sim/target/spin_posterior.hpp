// The posterior of a spin system, sampled: chains of any SpinGraph in the field beta x.
// May depend on: sim/kernel, sim/random.
#pragma once
#include <memory>

#include "sim/kernel/spin_graph.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

struct SpinPosteriorOptions {
  /// Independent chains per walker; 0: 16, or as many as fill 64 lanes for fewer than 4 walkers.
  Index chains = 0;
  /// Propose s -> -s of whole chains and average over both (the mirror estimator). Without it
  /// single spins alone must carry a chain over the barrier between the ordered states.
  bool flip = true;
  /// Temperatures per chain, exchanged (replica exchange); a power of two up to 64. 1: no
  /// tempering.
  Index levels = 1;
};

/// p(s | x) ~ exp(sum_{i<j} K_ij s_i s_j + sum_i (h_i + beta x_i) s_i).
std::unique_ptr<MonteCarloPosterior> spin_posterior(const kernel::SpinGraph& graph, Index walkers,
                                                    const random::Address& address,
                                                    const SpinPosteriorOptions& options = {});

}  // namespace symbreak::target
