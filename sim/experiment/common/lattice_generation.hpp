// Reverse trajectories of scores on a lattice, many at a time: what mode_softening and
// pattern_formation run. May depend on: sim/target, sim/diffusion, lattice_fields.hpp,
// lattice_score.hpp.
//
// One sample of what is measured along the way is the mean over the walkers of a batch, so that
// errors come from independent batches; final images are one sample each.
#pragma once
#include <memory>
#include <vector>

#include "sim/diffusion/corrected.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/lattice_fields.hpp"
#include "sim/experiment/common/lattice_score.hpp"

namespace symbreak::experiment {

struct LatticeRun : Sampling {
  LatticeScore score;
  diffusion::Method sampler = diffusion::Method::bridge;
  diffusion::Correction correction;
  std::vector<double> grid;     ///< noise levels, descending
  std::vector<Index> recorded;  ///< indices into grid
  double start_variance = 0;    ///< of x at the first level
  std::vector<double> pulses;   ///< q = P^2/s of field pulses
  double pulse = 0.2;           ///< kick of h = beta W x
  Index steps_per_block = 1;
  Index covariances = 1;  ///< walkers whose local covariances are measured

  double unit() const { return score.unit(1 / grid.front()); }  ///< of noise, at the first level
  Index evaluations() const;                                    ///< of the score, per trajectory
  /// False for what only windows have: local posteriors, independent pieces.
  bool measures(verdict::ObservableName name) const;
  Index shown() const;  ///< images kept per unit: a few, and few numbers
};

/// Score, sampler, corrector and amounts of sampling of a deck; not its grid.
LatticeRun lattice_run(const deck::Parameters& parameters);
/// The experiment of a run that has its grid, measured at `records` levels, evenly.
std::unique_ptr<measure::Experiment> lattice_generation(LatticeRun run, Index records);

inline constexpr Index kAxisModes = 6;
std::unique_ptr<measure::Simulation> start_lattice_generation(const LatticeRun& run,
                                                              const measure::UnitAddress& address);

}  // namespace symbreak::experiment
