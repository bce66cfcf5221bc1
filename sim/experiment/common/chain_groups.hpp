// A sampled posterior in two groups of chains per state: products of their means, and of a mean
// with the planted datum, are unbiased where the square of one mean is not. May depend on:
// sim/target, sim/deck.
#pragma once
#include <memory>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

struct ChainGroups {
  bool used = false;  ///< false: the posterior is summed exactly
  target::Index per_group = 0, rounds = 0, sweeps = 0, burn_in = 0;

  /// 2 x walkers columns: group A of all states, then group B. nullptr when not used.
  std::unique_ptr<target::MonteCarloPosterior> make(const target::Model& model,
                                                    target::Index walkers,
                                                    const random::Address& address) const;
  /// Plants both groups at the clean states behind x and lets them forget. The fields of both.
  target::MatrixXd begin(target::MonteCarloPosterior& chains, const target::MatrixXd& y,
                         const target::MatrixXd& x, const target::VectorXd& betas) const;
  /// Spin updates per state, for the cost.
  double updates() const;
};

/// experiment.posterior, chains, rounds, sweeps, burn_in. Throws deck::KeyError where the target
/// has no such posterior.
ChainGroups chain_groups(const deck::Parameters& parameters, const target::Model& model);
std::vector<deck::Key> chain_group_keys();

}  // namespace symbreak::experiment
