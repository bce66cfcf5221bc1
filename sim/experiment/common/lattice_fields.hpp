// Observables of fields on a lattice: Fourier modes, domains. May depend on: Eigen.
//
// Fields are columns of L_y x L_x sites, row by row (several channels: one lattice after the
// other). The transforms are direct and separable, O(L^3) in matrix products: for L <= 64 as fast
// as anything else here, exact, and free of a library.
#pragma once
#include <Eigen/Core>
#include <vector>

#include "analysis/theory/lattice.hpp"

namespace symbreak::experiment {

using Eigen::Index;
using theory::kDomainClasses;

class LatticeModes {
 public:
  LatticeModes(Index height, Index width);

  /// S(k) = |sum_j f_j e^{ik.j}|^2/N, N = L_y L_x, of every column, averaged over its channels:
  /// N x columns, wave vectors row by row.
  Eigen::MatrixXd power(const Eigen::MatrixXd& fields) const;

  /// The wave vectors (j, 0) and (0, j), j = 0..axis_size()-1, averaged: from powers.
  Index axis_size() const { return std::min(height_, width_) / 2 + 1; }
  Eigen::MatrixXd axis(const Eigen::MatrixXd& powers) const;
  /// Averages over shells |k| L/2pi in [n - 1/2, n + 1/2), n = 0..axis_size()-1.
  Eigen::MatrixXd radial(const Eigen::MatrixXd& powers) const;

 private:
  Index height_, width_;
  Eigen::MatrixXd cos_y_, sin_y_, cos_x_, sin_x_;
};

/// Domains of equal sign (above or below `level`) of one field on the periodic lattice.
struct Domains {
  double walls = 0;         ///< fraction of nearest-neighbour bonds between unlike sites
  double largest = 0;       ///< fraction of sites in the largest domain
  double mean_size = 0;     ///< average over sites of the size of their domain
  std::vector<double> law;  ///< fraction of sites in domains of 2^n .. 2^{n+1}-1 sites
};
Domains domains(const Eigen::Ref<const Eigen::VectorXd>& field, Index height, Index width,
                double level = 0);

}  // namespace symbreak::experiment
