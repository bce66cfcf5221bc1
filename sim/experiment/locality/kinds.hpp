// What `locality` is made of, by what the target provides. May depend on: sim/measure, sim/deck.
#pragma once
#include <memory>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment::locality {

/// Spins on a graph of bonds, summed or by chains; windows by bonds.
std::unique_ptr<measure::Experiment> of_spins(const deck::Parameters& parameters);
/// Explicit points on a grid, exactly; windows of pixels.
std::unique_ptr<measure::Experiment> of_images(const deck::Parameters& parameters);
/// Any other score with clean data, on a grid: its input masked.
std::unique_ptr<measure::Experiment> of_masked_input(const deck::Parameters& parameters);

/// Of chains; decks without them have no trace of them.
std::vector<deck::Key> chain_keys();

}  // namespace symbreak::experiment::locality
