// Chains of a target whose posterior can be drawn from exactly: independent draws behind the
// interface of a Markov chain. May depend on: posterior.hpp.
//
// A "sweep" is one independent posterior sample per walker (Posterior::draw_copies with n = 1), so
// what is learned about sampled scores with them holds for any sampler, in units of its own
// independent samples. Errors of the mean come from the spread of eight groups of draws.
#pragma once
#include "sim/target/posterior.hpp"

namespace symbreak::target {

/// `posterior` must be exact and outlive the chains. Cost of a sweep: walkers x draw_copies.
std::unique_ptr<MonteCarloPosterior> exact_draws(const Posterior& posterior, Index walkers,
                                                 const random::Address& address, Index chains = 0);

/// The target's own sampler, else exact draws; nullptr when it has neither.
std::unique_ptr<MonteCarloPosterior> chains(const Posterior& posterior, Index walkers,
                                            const random::Address& address, Index per_walker = 0);

}  // namespace symbreak::target
