// One unit of `commitment`: batches of typical states and what the posterior says at them.
// May depend on: sim/experiment/common, sim/target, analysis/findings/commitment/observables.hpp.
#pragma once
#include <memory>

#include "analysis/findings/commitment/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/chain_groups.hpp"

namespace symbreak::experiment::commitment {

namespace observable = findings::commitment::observable;

struct Setting : Sampling {
  std::shared_ptr<const target::Target> target;
  double noise = 1;
  ChainGroups groups;
  target::VectorXd axis;  ///< unit vector
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::commitment
