// One work unit of the condensation experiment: noisy states of one dataset at one time. May depend
// on: sim/experiment/common, sim/target, sim/diffusion, sim/random.
#pragma once
#include <memory>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::condensation {

enum class NoisyStates {
  planted,     ///< x = datum + noise
  unplanted,   ///< x independent of the dataset: a fresh or held-out datum + noise
  trajectory,  ///< x along reverse trajectories of the dataset's own score
};
enum class CloneMethod {
  none,
  posterior,  ///< exact draws from the posterior weights
  reverse,    ///< reverse stochastic trajectories of the dataset's score
};

struct Setting : Sampling {
  std::shared_ptr<const target::Target> target;
  double noise = 1;  ///< sigma^2 t
  NoisyStates states = NoisyStates::planted;
  CloneMethod clones = CloneMethod::none;
  double start_noise = 0;  ///< where trajectories start
  Index steps = 0;         ///< of a trajectory
  bool losses = false;     ///< what needs the clean mean
  bool classes = false;    ///< whether the class of a datum is of interest by itself
  double norm = 0;         ///< unplanted x of norm `norm` sqrt(d); 0: datum + noise
};

/// Noise at which the datum of a trajectory is drawn, relative to where clones split.
constexpr double kDecided = 1e-3;
/// A generated sample is memorized when its nearest datum is this much closer than the second
/// nearest (Yoon et al. 2023).
constexpr double kMemorizedRatio = 1.0 / 3;

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::condensation
