// One unit of `locality`. May depend on: sim/measure, sim/experiment/common.
#pragma once
#include <memory>
#include <vector>

#include "analysis/findings/locality/observables.hpp"
#include "sim/diffusion/channel/channel.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::experiment::locality {

namespace observable = findings::locality::observable;

struct Setting : Sampling {
  std::shared_ptr<const UnitTarget> target;
  double noise = 1;                                         ///< s; e or p
  std::shared_ptr<const diffusion::SpinChannel> channel{};  ///< nullptr: Gaussian
  Index site = 0;                                           ///< the centre
  Index radius = 0;                                         ///< the largest
};

/// Bonds from a site to every site, -1 where there is no path.
std::vector<Index> distances(const kernel::SpinGraph& graph, Index site);

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::locality
