// The largest eigenvalues of a Jacobian from products with it. May depend on: sim/target, sim/random.
//
// Block Lanczos with full reorthogonalisation: Q spans X, J X, J^2 X, ... of a random block X, and
// the eigenvalues of Q^T J Q are those of J up to the residuals |J u - theta u|, which bound their
// errors. A block, since a spectrum of a flat manifold is degenerate: one vector sees each eigenvalue
// once. It is J that is worked with, not the score b (J - 1): off the manifold J is 0.
// O(d k^2) and some 2 k products with J per state, k the number of eigenvalues.
//
// Singular values of a score that is no gradient: those of all of J in few dimensions; in many the
// same of J^T J, from products with J and J^T, with residuals |J^T u - sigma v|, u = J v/sigma.
#pragma once
#include "sim/random/stream.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::experiment::score_spectrum {

struct LanczosSetting {
  Eigen::Index wanted = 8;  ///< eigenvalues
  double tolerance = 1e-8;  ///< of their residuals
  /// False: a score that is no gradient. Singular values then, from all d products up to so many
  /// dimensions, beyond by Lanczos on J^T J, of scores with products of J^T (AdjointJacobian).
  bool symmetric = true;
  Eigen::Index most_dense = 1024;
};

struct LocalSpectrum {
  Eigen::VectorXd values;  ///< `wanted` of them, the largest first; zero beyond the dimension
  double trace = 0;        ///< tr J, exact where Q spans the space, else with probes in the rest
  double square = 0;       ///< |J|^2, sum of squares of the singular values; the same
  Eigen::Index count = 0;  ///< values above 1/2
  double residual = 0;     ///< the largest of the wanted
  Eigen::Index products = 0;
};

/// At one state x, inverse noise beta. `stream`: the first block, and the probes.
LocalSpectrum local_spectrum(const target::Denoiser& denoiser, const Eigen::VectorXd& x,
                             double beta, const LanczosSetting& setting, random::Stream& stream);

}  // namespace symbreak::experiment::score_spectrum
