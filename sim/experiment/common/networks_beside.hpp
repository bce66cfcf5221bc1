// Networks beside the target's own: the same target with another worker, other weights, or both.
// May depend on: sim/deck.
//
//   experiment.checkpoints = early.pt, late.pt   the worker of the target with each of these
//   experiment.workers = a.py, b.py              each of these programs, without a checkpoint
//   both, equally many                           each with its own
// Lattice, arguments, data and limits are those of the target. The programs are started before a
// run (experiment::begin), and what they say of their weights counts for the identity of the point.
#pragma once
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::experiment {

/// One of them.
struct NetworkBeside {
  deck::Parameters point;  ///< with its [target]
  std::string key;         ///< the list that names it ...
  std::size_t place = 0;   ///< ... and where it stands there
};

/// Those of a point; none where the keys are not set. Throws deck::KeyError for lists of different
/// lengths.
std::vector<NetworkBeside> networks_beside(const deck::Parameters& point);

/// Read with target.kind = network; optional.
std::vector<deck::Key> networks_beside_keys();

}  // namespace symbreak::experiment
