// The posterior of a spin system, sampled: chains of any SpinGraph in the field beta x.
// May depend on: sim/kernel, sim/random.
#pragma once
#include <memory>

#include "sim/kernel/spins/spin_graph.hpp"
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

/// p(s | x) ~ exp(sum_{i<j} K_ij s_i s_j + sum_i (h_i + beta x_i) s_i), by heat bath of 64 chains
/// side by side: in bytes where all bonds are as strong and no more than 15 meet (and there is one
/// level), else in floats. Bonds of any sign; parallel ones add up.
///
/// A global move every 4 sweeps (bytes) or every sweep (floats) draws the sign of the whole state:
/// s or -s with weights exp(+-A), A = sum_i h_i s_i over the whole field. The mean is measured
/// there, as s tanh(A), the average over both; where |A| >> 1 nothing flips and nothing is spent on
/// it. Without the flip a chain at T <= T_c in a field with |A| <~ 1 never changes its sign: r_hat
/// and the errors, which come from the spread of the chains, then tell.
///
/// When the field has changed, `estimate` first moves the chains by a quarter of the sweeps, after
/// a start that was neither planted nor used before by twice as many as the sweeps; `draw` only
/// does the latter. (A planted start is an exact draw and has no bias without, but the chains of a
/// walker then start as copies of each other.) Starts are ordered, of random sign, for
/// ferromagnets, else random.
///
/// Cost: a sweep of 64 chains of a square lattice takes 4 ns per site (bytes) or 40 ns (floats; 3
/// ns per bond for dense couplings); setting the field about 10 ns per site and walker.
std::unique_ptr<MonteCarloPosterior> spin_posterior(const kernel::SpinGraph& graph, Index walkers,
                                                    const random::Address& address,
                                                    const SpinPosteriorOptions& options = {});

}  // namespace symbreak::target
