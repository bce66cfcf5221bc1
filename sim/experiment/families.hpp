// The experiments, one file each. Adding one: its file, a line here, a line in registry.cpp.
#pragma once
#include "sim/experiment/experiment.hpp"

namespace symbreak::experiment {

ExperimentKind equation_of_state();  ///< branches, stability, landscapes, critical times, exponents
ExperimentKind copies();             ///< the same exponents by Monte Carlo, finite-size scaling
ExperimentKind generation();         ///< reverse trajectories
ExperimentKind condensation();       ///< memorization of a dataset
ExperimentKind fast_samplers();      ///< few steps, time grids, late starts at equal cost
ExperimentKind entropy_clock();      ///< entropy production by three estimators, clocks
ExperimentKind late_start();         ///< quality against start time
ExperimentKind speciation();         ///< clones that part ways
ExperimentKind u_turn();             ///< noised and back
ExperimentKind guidance();           ///< pushes at swept times
ExperimentKind hierarchy_recovery();  ///< class and features of the random hierarchy model
ExperimentKind toy();                 ///< closed-form chain: tests the engine

}  // namespace symbreak::experiment
