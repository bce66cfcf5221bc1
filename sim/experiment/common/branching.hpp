// Data that are noised to a time t and run back: what `speciation` (two clones) and `u_turn` (one
// return) share. May depend on: sim/measure, sim/target, sim/diffusion.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "analysis/findings/common/branching_observables.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/mixture_run.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

using Eigen::Index;

struct Branching {
  target::Model model;
  std::shared_ptr<const diffusion::Forward> forward;
  diffusion::SamplerSetting sampler;
  diffusion::Grid grid;                          ///< from t down
  std::optional<diffusion::MixtureRun> mixture;  ///< the fast path of two isotropic classes
  Index clones = 1;                              ///< runs of every noised datum
  Index walkers = 0;
  std::int64_t blocks = 0, replicas = 0;
};

/// From the deck: the grid starts at experiment.t.
Branching make_branching(const deck::Parameters& parameters, Index clones);
std::vector<deck::Key> branching_keys(const std::string& steps);
/// What experiment.t may be centred on, deck's clock.
double branching_critical_time(const deck::Parameters& parameters);
/// What the first return measures.
std::vector<measure::ObservableInfo> branching_observables(const Branching& setting);
/// time, noise, number of trajectories, signal to noise of two classes.
std::vector<verdict::Fact> branching_facts(const Branching& setting);
/// Clone probability of two classes, and the time at which their signal is 1.
std::vector<verdict::Prediction> branching_predictions(const Branching& setting);
double branching_seconds(const Branching& setting);
std::size_t branching_memory(const Branching& setting);

/// Batches of noised data, and their runs back.
class Returns {
 public:
  Returns(const Branching& setting, const measure::UnitAddress& address);

  struct Batch {
    target::MatrixXd noisy;        ///< d x walkers, at the turn
    std::vector<Index> ends;       ///< classes after the first return
    std::optional<double> agreed;  ///< mean of sum_c P(c|x)^2, where there is a posterior
  };
  /// Draws a batch, runs it back once and measures `branching_observables`.
  Batch turn(measure::Recorder& recorder);
  /// Moves the states to the end of the grid; the classes they end in.
  std::vector<Index> run(target::MatrixXd& x);

  void save(measure::State& state) const;
  void load(const measure::State& state);

 private:
  const Branching& s_;
  random::Stream planted_, forward_, noise_;
};

}  // namespace symbreak::experiment
