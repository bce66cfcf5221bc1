// The experiments, one file each. Adding one: its file, a line here, a line in registry.cpp.
#pragma once
#include "sim/experiment/experiment.hpp"

namespace symbreak::experiment {

ExperimentKind equation_of_state();  ///< branches, stability, landscapes, critical times, exponents
ExperimentKind copies();             ///< the same exponents by Monte Carlo, finite-size scaling
ExperimentKind generation();         ///< reverse trajectories
ExperimentKind condensation();       ///< memorization of a dataset
ExperimentKind retrieval();          ///< modern Hopfield network
ExperimentKind toy();                ///< closed-form chain: tests the engine

}  // namespace symbreak::experiment
