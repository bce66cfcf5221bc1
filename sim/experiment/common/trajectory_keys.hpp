// What all experiments on reverse trajectories share in a deck. May depend on: sim/deck,
// sim/diffusion.
#pragma once
#include <string>
#include <vector>

#include "sim/deck/key.hpp"

namespace symbreak::experiment {

/// [sampling] walkers, blocks, replicas with these defaults.
std::vector<deck::Key> batch_keys(const std::string& walkers, const std::string& blocks,
                                  const std::string& replicas);

/// Sampler, schedule and start keys of sim/diffusion, with other defaults for some of them (name,
/// value), without those named in `left_out`.
std::vector<deck::Key> reverse_keys(
    const std::vector<std::pair<std::string, std::string>>& defaults = {},
    const std::vector<std::string>& left_out = {});

}  // namespace symbreak::experiment
