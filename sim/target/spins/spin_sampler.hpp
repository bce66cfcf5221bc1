// Clean samples of a spin system whose states cannot be summed, by Markov chains: Wolff clusters
// for ferromagnets, replica exchange otherwise. May depend on: Eigen, sim/kernel, sim/random.
#pragma once
#include <Eigen/Core>
#include <memory>

#include "sim/kernel/spins/spin_graph.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::target {

class SpinSampler {
 public:
  virtual ~SpinSampler() = default;
  /// Independent samples, one per column: every column is the end of its own chain.
  virtual void sample(random::Stream& stream, Eigen::Ref<Eigen::MatrixXd> y) const = 0;
  /// Samples for averages at a fraction of the cost: columns k n/kChains .. (k+1) n/kChains - 1 are
  /// successive states of chain k, equilibrated but correlated; different chains are independent.
  /// The number of columns is a multiple of kChains.
  virtual void series(random::Stream& stream, Eigen::Ref<Eigen::MatrixXd> y) const = 0;
  static constexpr Eigen::Index kChains = 32;
  virtual std::size_t memory() const = 0;
};

/// Chains are as long as equilibration takes, which is found once with random numbers of `address`
/// (Purpose::target).
std::unique_ptr<SpinSampler> spin_sampler(const kernel::SpinGraph& graph,
                                          const random::Address& address);

}  // namespace symbreak::target
