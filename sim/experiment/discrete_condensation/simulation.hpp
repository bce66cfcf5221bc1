// Posterior weights of a dataset of spins seen through a discrete channel. May depend on:
// sim/experiment/common.
#pragma once
#include <memory>

#include "sim/diffusion/channel/channel.hpp"
#include "sim/experiment/common/batch_experiment.hpp"

namespace symbreak::experiment::discrete_condensation {

struct Setting : Sampling {
  std::shared_ptr<const target::Target> target;
  std::shared_ptr<const diffusion::SpinChannel> channel;
  double signal = 0;
};

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::discrete_condensation
