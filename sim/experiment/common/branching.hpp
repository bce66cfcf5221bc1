// Trajectories that are noised to a time t and then run back, once or twice: the simulation behind
// `speciation` (two clones) and `u_turn` (one return). May depend on: sim/target, sim/diffusion.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "sim/diffusion/forward.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/mixture_run.hpp"
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment {

struct Branching {
  std::shared_ptr<const target::Target> target;
  std::shared_ptr<const diffusion::Forward> forward;
  diffusion::SamplerSetting sampler;
  diffusion::Grid grid;                          ///< from t down
  std::optional<diffusion::MixtureRun> mixture;  ///< the fast path of two isotropic classes
  Index clones = 2;                              ///< 1: U-turns alone
  Index walkers = 0;
  std::int64_t blocks = 0, replicas = 0;
};

/// From the deck: the grid starts at experiment.t.
Branching make_branching(const deck::Parameters& parameters, Index clones);
std::vector<deck::Key> branching_keys(const std::string& steps);
std::vector<ObservableInfo> branching_observables(const Branching& setting);
/// time, noise, log odds and signal to noise of two classes, predicted overlap where it is known.
std::vector<verdict::Prediction> branching_predictions(const Branching& setting);
double branching_seconds(const Branching& setting);
std::size_t branching_memory(const Branching& setting);
std::unique_ptr<Simulation> start_branching(const Branching& setting, const UnitAddress& address);

}  // namespace symbreak::experiment
