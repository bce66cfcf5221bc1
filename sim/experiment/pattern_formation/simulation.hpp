// One unit of `pattern_formation`: batches of reverse trajectories, as planned here.
// May depend on: sim/experiment/common.
#pragma once
#include "sim/experiment/common/lattice_generation.hpp"

namespace symbreak::experiment::pattern_formation {

/// Throws a KeyError where the deck's last noise is not below its first.
LatticeRun setting(const deck::Parameters& parameters);

}  // namespace symbreak::experiment::pattern_formation
