// Swendsen-Wang clusters in the field of their spins: the independent check of the other samplers.
// May depend on: spin_graph.hpp, lane_random.hpp.
//
// Every satisfied bond (K s_i s_j > 0) is active with probability 1 - exp(-2|K|) (Swendsen & Wang,
// Phys. Rev. Lett. 58 (1987) 86); a cluster C of active bonds, of field H = sum_{i in C} h_i s_i,
// keeps its spins with probability 1/(1 + exp(-2H)) and else flips them. One chain, scalar, any
// graph (slow where bonds are frustrated). The improved estimator of the mean of s_i is s_i tanh H,
// averaged over both orientations of each cluster. O(bonds) a sweep.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/kernel/spins/lane_random.hpp"
#include "sim/kernel/spins/spin_graph.hpp"

namespace symbreak::kernel {

class ClusterField {
 public:
  ClusterField(const SpinGraph& graph, WordRandom random);

  /// One field per site; `SpinGraph::field` is not used here.
  void set_field(std::span<const double> field);
  void set_spins(std::span<const std::int8_t> spins);  ///< +-1
  std::span<const std::int8_t> spins() const { return spins_; }

  /// One update of all clusters; adds the improved estimate of <s_i> to mean[i].
  void sweep(std::span<double> mean);

 private:
  struct Bond {
    std::int32_t a, b;
    double activation;  ///< 1 - exp(-2|K|)
    bool ferromagnetic;
  };
  std::int32_t root(std::int32_t site);

  std::vector<Bond> bonds_;
  std::vector<double> field_, cluster_field_;
  std::vector<std::int8_t> spins_, keep_;
  std::vector<std::int32_t> parent_;
  WordRandom random_;
};

}  // namespace symbreak::kernel
