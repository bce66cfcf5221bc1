// What all experiments on reverse trajectories share: the run and its keys in a deck.
// May depend on: sim/deck, sim/diffusion, sim/target, batch_experiment.hpp.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/batch_experiment.hpp"

namespace symbreak::experiment {

/// Batches of reverse runs of a deck. A base of the settings.
struct ReverseRun : Sampling {
  target::Model model;  ///< with clean data
  std::shared_ptr<const diffusion::Forward> forward;
  diffusion::SamplerSetting sampler;
  diffusion::Grid grid;

  /// All but the amounts of sampling. The range of noise, which is that of the deck or `own`.
  diffusion::NoiseRange read(const deck::Parameters& parameters,
                             const std::optional<diffusion::NoiseRange>& own = {});
  /// Rough cost of a unit.
  double seconds() const;
};

/// P(class) of where trajectories end, classes x walkers: that of the posterior at their states
/// `last` of the last positive noise, which need not tell close data apart, or, where there is no
/// posterior that can be evaluated, of the clean states `ends`.
target::MatrixXd classes_of_ends(const target::Model& model, const target::MatrixXd& ends,
                                 const target::MatrixXd& last, double noise);

/// experiment.records noise levels even in ln s, ascending, from that of t_end to that of t_start.
std::vector<double> recorded_noise(const deck::Parameters& parameters,
                                   const diffusion::Forward& forward, const target::Model& model);

/// [sampling] walkers, blocks, replicas with these defaults.
std::vector<deck::Key> batch_keys(const std::string& walkers, const std::string& blocks,
                                  const std::string& replicas);

/// Sampler, schedule and start keys of sim/diffusion, with other defaults for some of them (name,
/// value).
using Defaults = std::vector<std::pair<std::string, std::string>>;
std::vector<deck::Key> reverse_keys(const Defaults& defaults = {});
/// The same where the experiment says how runs start: without the keys of starts and of the
/// discrete chain, which has a start of its own.
std::vector<deck::Key> started_keys(const Defaults& defaults);

}  // namespace symbreak::experiment
