// Swendsen-Wang clusters in the field of their spins: the independent check of the other samplers.
// May depend on: sim/kernel/spins.
//
// Every satisfied bond (K s_i s_j > 0) is active with probability 1 - exp(-2|K|) (Swendsen & Wang,
// Phys. Rev. Lett. 58 (1987) 86); a cluster C of active bonds, of field H = sum_{i in C} h_i s_i,
// keeps its spins with probability 1/(1 + exp(-2H)) and else flips them. One chain, scalar, any
// graph (slow where bonds are frustrated). The improved estimator of the mean of s_i is s_i tanh H,
// averaged over both orientations of each cluster. O(bonds) a sweep.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "sim/kernel/spins/lane_random.hpp"
#include "sim/kernel/spins/spin_graph.hpp"

namespace symbreak::test {

using kernel::SpinGraph;
using kernel::WordRandom;

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

inline ClusterField::ClusterField(const SpinGraph& graph, WordRandom random)
    : field_(graph.sites(), 0),
      cluster_field_(graph.sites()),
      spins_(graph.sites(), 1),
      keep_(graph.sites()),
      parent_(graph.sites()),
      random_(random) {
  for (std::size_t i = 0; i < graph.sites(); ++i) {
    for (auto e = graph.first[i]; e < graph.first[i + 1]; ++e) {
      const auto entry = static_cast<std::size_t>(e);
      const auto a = static_cast<std::int32_t>(i), b = graph.neighbour[entry];
      const double K = graph.coupling[entry];
      if (a < b) bonds_.push_back({a, b, -std::expm1(-2 * std::abs(K)), K > 0});
    }
  }
}

inline void ClusterField::set_field(std::span<const double> field) {
  std::copy(field.begin(), field.end(), field_.begin());
}

inline void ClusterField::set_spins(std::span<const std::int8_t> spins) {
  std::copy(spins.begin(), spins.end(), spins_.begin());
}

inline std::int32_t ClusterField::root(std::int32_t site) {
  const auto parent = [&](std::int32_t i) -> std::int32_t& {
    return parent_[static_cast<std::size_t>(i)];
  };
  while (parent(site) != site) {  // path halving
    parent(site) = parent(parent(site));
    site = parent(site);
  }
  return site;
}

inline void ClusterField::sweep(std::span<double> mean) {
  std::iota(parent_.begin(), parent_.end(), 0);
  for (const Bond& bond : bonds_) {
    const bool equal =
        spins_[static_cast<std::size_t>(bond.a)] == spins_[static_cast<std::size_t>(bond.b)];
    if (equal != bond.ferromagnetic || random_.uniform() >= bond.activation) continue;
    const std::int32_t a = root(bond.a), b = root(bond.b);
    parent_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }
  std::fill(cluster_field_.begin(), cluster_field_.end(), 0.0);
  for (std::size_t i = 0; i < spins_.size(); ++i) {
    cluster_field_[static_cast<std::size_t>(root(static_cast<std::int32_t>(i)))] +=
        field_[i] * spins_[i];
  }
  // A root comes before the other sites of its cluster.
  for (std::size_t i = 0; i < spins_.size(); ++i) {
    const auto at = static_cast<std::size_t>(root(static_cast<std::int32_t>(i)));
    if (at == i) {
      const double t = std::tanh(cluster_field_[i]);
      cluster_field_[i] = t;
      keep_[i] = random_.uniform() < (1 + t) / 2 ? 1 : -1;
    }
    mean[i] += spins_[i] * cluster_field_[at];
    spins_[i] = static_cast<std::int8_t>(spins_[i] * keep_[at]);
  }
}

}  // namespace symbreak::test
