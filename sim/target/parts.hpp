// The parts of targets, by name: what a kind of target provides and an experiment needs.
// May depend on: denoiser.hpp.
#pragma once
#include "sim/target/denoiser.hpp"

namespace symbreak::target {

enum class Part {
  denoiser,
  clean_data,
  posterior,
  finite_support,
  two_classes,
  class_score,  ///< scores of single classes
  spin_law,     ///< of the magnetization
  spins,        ///< on a graph
  lattice,
  windows,  ///< of a patch score
  hierarchy,
  levels,   ///< energy levels without coordinates: no denoiser
  trained,  ///< a score at any time of its training
};
inline constexpr Part kParts[] = {
    Part::denoiser,    Part::clean_data, Part::posterior, Part::finite_support, Part::two_classes,
    Part::class_score, Part::spin_law,   Part::spins,     Part::lattice,        Part::windows,
    Part::hierarchy,   Part::levels,     Part::trained};

/// What a kind with an exact posterior provides at most, these besides.
std::vector<Part> plus(const std::vector<Part>& parts);

/// In words, as in "needs ...": "data points", "a posterior".
std::string name(Part part);

/// Whether this very one has it (a kind may provide it for some of its parameters only).
bool provides(const Denoiser& denoiser, Part part);

}  // namespace symbreak::target
