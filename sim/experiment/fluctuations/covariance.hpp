// The covariance of +-1 spins without field and its largest eigenvalue, from two halves of the
// samples. May depend on: sim/kernel/spins, sim/target.
//
// Entries are conditional expectations, C_ij = E[s_i tanh h_j], h_j = sum_k K_jk s_k, C_ii = 1
// (Rao-Blackwell: tanh h_j = E[s_j | all others]). Their noise is of the order of the couplings,
// like the spread of the eigenvalues itself, so that hot systems, whose eigenvalues all approach 1,
// are as well conditioned as cold ones; with s_i s_j the noise would select the largest of d equal
// numbers. On a lattice with translations the eigenvalues are S(k) = sum_r C(r) cos kr, one number
// for all k that a symmetry of the couplings maps to each other: exact degeneracies (odd
// antiferromagnets) bring no bias either. Symmetries are found on the graph of the couplings.
#pragma once
#include <Eigen/Core>
#include <vector>

#include "sim/kernel/spins/spin_graph.hpp"

namespace symbreak::experiment::fluctuations {

using Eigen::Index;

class CleanCovariance {
 public:
  /// `sides` of a lattice, the last axis fastest; empty: none. The graph must outlive this.
  CleanCovariance(const kernel::SpinGraph& graph, const std::vector<Index>& sides);

  /// Adds samples (sites x samples, +-1) to a half, 0 or 1.
  void add(std::size_t half, const Eigen::MatrixXd& spins);

  /// The largest eigenvalue of a sample covariance is too large by B ~ (1/n) sum_j lambda_1
  /// lambda_j /(lambda_1 - lambda_j) (Anderson 1963), and v'C v with v from one half of the samples
  /// and C from the other too small by 2B: a third of the latter plus two thirds of the former is
  /// biased O(1/n^2). `samples` in each half.
  double largest_eigenvalue(Index samples) const;

  Eigen::MatrixXd& sums(std::size_t half) { return sums_[half]; }  ///< checkpoint

 private:
  Eigen::MatrixXd fields(const Eigen::MatrixXd& spins) const;
  Eigen::VectorXd modes(const Eigen::MatrixXd& covariance) const;

  const kernel::SpinGraph& graph_;
  std::vector<Index> sides_;
  Eigen::MatrixXd couplings_;                   ///< of a dense graph
  std::vector<std::vector<Index>> symmetries_;  ///< of displacements; empty: no translations
  Eigen::MatrixXd sums_[2];                     ///< of s_i tanh h_j
};

}  // namespace symbreak::experiment::fluctuations
