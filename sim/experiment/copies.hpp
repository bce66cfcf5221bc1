// The copies experiment. May depend on: sim/experiment/experiment.hpp.
#pragma once
#include "sim/experiment/experiment.hpp"

namespace symbreak::experiment {

/// Monte Carlo measurement of critical exponents, see copies_chain.hpp for the model and the
/// algorithm.
ExperimentKind copies();

}  // namespace symbreak::experiment
