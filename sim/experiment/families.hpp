// The experiments, one file each. Adding one: its file, a line here, a line in registry.cpp.
#pragma once
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment {

ExperimentKind equation_of_state();  ///< branches, stability, landscapes, critical times, exponents
ExperimentKind copies();             ///< the same exponents by Monte Carlo, finite-size scaling
ExperimentKind generation();         ///< reverse trajectories
ExperimentKind condensation();       ///< memorization of a dataset
ExperimentKind fast_samplers();      ///< few steps, time grids, late starts at equal cost
ExperimentKind fluctuations();       ///< critical times from clean spins
ExperimentKind commitment();         ///< clones, U-turns, stability of typical states
ExperimentKind field_scan();         ///< equation of state of sampled spins
ExperimentKind mode_softening();     ///< Fourier modes of patch scores
ExperimentKind pattern_formation();  ///< final images of patch scores
ExperimentKind creativity();         ///< new images from familiar patches
ExperimentKind three_way();          ///< patch model, memorizing score, patches of real images
ExperimentKind entropy_clock();      ///< entropy production by three estimators, clocks
ExperimentKind late_start();         ///< quality against start time
ExperimentKind speciation();         ///< clones that part ways
ExperimentKind u_turn();             ///< noised and back
ExperimentKind guidance();           ///< pushes at swept times
ExperimentKind rem();                ///< random-energy ensembles at any number of levels
ExperimentKind retrieval();          ///< modern Hopfield network
ExperimentKind hierarchy_recovery();  ///< class and features of the random hierarchy model
ExperimentKind toy();                ///< closed-form chain: tests the engine

}  // namespace symbreak::experiment
