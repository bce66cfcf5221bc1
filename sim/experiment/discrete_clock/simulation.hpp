// Entropy production of a discrete channel on noised data. May depend on: sim/experiment/common.
#pragma once
#include <memory>
#include <vector>

#include "sim/diffusion/channel/channel.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/chain_groups.hpp"

namespace symbreak::experiment::discrete_clock {

struct Setting : Sampling {
  std::shared_ptr<const target::Target> target;
  std::shared_ptr<const diffusion::SpinChannel> channel;
  std::vector<double> signals;  ///< of the levels
  bool classes = false;         ///< whether clones are seen to end in classes
  ChainGroups groups;           ///< of a sampled posterior: its entropy stays unknown, its rate not
  bool entropies = true;        ///< whether the posterior's entropy is known
  bool softening = false;  ///< of few spins with disorder: measured at their own critical noise
};

/// theta with lambda theta atanh theta = 1: the noise-free branch of flips bends.
double self_consistent_signal(double lambda);

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::discrete_clock
