// One unit of `commitment`: batches of typical states and what the posterior says at them.
// May depend on: sim/measure, sim/target, sim/experiment/common/chain_groups.hpp,
// analysis/findings/commitment/observables.hpp.
#pragma once
#include <memory>

#include "analysis/findings/commitment/observables.hpp"
#include "sim/experiment/common/chain_groups.hpp"
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment::commitment {

namespace observable = findings::commitment::observable;

struct Setting {
  std::shared_ptr<const target::Target> target;
  double noise = 1;
  ChainGroups groups;
  target::Index walkers = 0;
  std::int64_t blocks = 0;
  target::VectorXd axis;  ///< unit vector
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::commitment
