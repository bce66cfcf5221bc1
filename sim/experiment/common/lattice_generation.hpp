// Reverse trajectories of patch scores on a lattice, many at a time: what mode_softening and
// pattern_formation run. May depend on: sim/target/patch, sim/diffusion, lattice_fields.hpp.
//
// One sample of what is measured along the way is the mean over the walkers of a batch, so that
// errors come from independent batches; final images are one sample each.
#pragma once
#include <memory>
#include <vector>

#include "sim/diffusion/corrected.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/experiment/common/lattice_fields.hpp"
#include "sim/target/patch/patch_score.hpp"

namespace symbreak::experiment {

struct LatticeRun {
  std::shared_ptr<const target::PatchScore> score;
  diffusion::LatticeSampler sampler = diffusion::LatticeSampler::bridge;
  diffusion::Correction correction;
  std::vector<double> grid;     ///< noise levels, descending
  std::vector<Index> recorded;  ///< indices into grid
  double start_variance = 0;    ///< of x at the first level
  Index walkers = 1;
  std::int64_t batches = 1;
  std::vector<double> pulses;  ///< q = P^2/s of field pulses
  double pulse = 0.2;          ///< kick of h = beta W x
  Index steps_per_block = 1;
  Index covariances = 1;  ///< walkers whose local covariances are measured
  bool patterns = false;  ///< measure final images

  Index window() const;       ///< P^2 at the first level
  Index evaluations() const;  ///< of the score, per trajectory
};

/// Fills `recorded` evenly, and what depends on the cost of one evaluation (seconds).
void plan_blocks(LatticeRun& run, Index records, double seconds_per_evaluation);
/// Rough seconds of one evaluation of the score for all walkers.
double evaluation_seconds(const target::PatchScore& score, Index walkers);

constexpr Index kAxisModes = 6;
std::vector<ObservableInfo> observables_of(const LatticeRun& run);
/// noise_000.. and the like, which the analysis needs.
std::vector<verdict::Prediction> grid_predictions(const LatticeRun& run);
std::unique_ptr<Simulation> start_lattice_generation(const LatticeRun& run,
                                                     const UnitAddress& address);

}  // namespace symbreak::experiment
