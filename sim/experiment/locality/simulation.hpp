// One unit of `locality` of spins: summed, and by chains. May depend on: sim/measure,
// sim/experiment/common.
#pragma once
#include <memory>
#include <vector>

#include "analysis/findings/locality/observables.hpp"
#include "sim/diffusion/channel/channel.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/chain_groups.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::experiment::locality {

namespace observable = findings::locality::observable;

struct Setting : Sampling {
  std::shared_ptr<const UnitTarget> target;
  double noise = 1;                                         ///< s; e or p
  std::shared_ptr<const diffusion::SpinChannel> channel{};  ///< nullptr: Gaussian
  Index site = 0;                                           ///< the centre
  Index radius = 0;                                         ///< the largest
  ChainGroups groups{};                                     ///< of a sampled posterior

  /// Of the posterior of a noisy spin, per unit of x: 1/s; atanh(1 - 2p), or infinity.
  double field() const { return channel ? channel->field(channel->signal(noise)) : 1 / noise; }
};

/// Bonds from a site to every site, -1 where there is no path.
std::vector<Index> distances(const kernel::SpinGraph& graph, Index site);

/// Noisy states of these clean ones.
target::MatrixXd noisy(const Setting& setting, target::MatrixXd y, random::Stream& noise);
/// The states with nothing seen beyond `radius`: no field there.
target::MatrixXd seen_within(const target::MatrixXd& x, const std::vector<Index>& distance,
                             Index radius);

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);
/// The same quantities from two groups of chains a state.
std::unique_ptr<measure::Simulation> sampled_simulation(const Setting& setting,
                                                        const measure::UnitAddress& address);

}  // namespace symbreak::experiment::locality
