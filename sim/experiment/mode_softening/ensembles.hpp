// The three ensembles of mode_softening, one file each. May depend on: sim/target, sim/diffusion,
// sim/experiment/common/lattice_*.hpp.
#pragma once
#include <memory>

#include "sim/deck/parameters.hpp"
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment::mode_softening {

std::unique_ptr<measure::Experiment> branch(const deck::Parameters& parameters);
std::unique_ptr<measure::Experiment> trajectories(const deck::Parameters& parameters);
std::unique_ptr<measure::Experiment> equilibrium(const deck::Parameters& parameters);

}  // namespace symbreak::experiment::mode_softening
