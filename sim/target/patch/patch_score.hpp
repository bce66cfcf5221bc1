// Patch-score machines: scores made from local windows of data. May depend on:
// sim/target/target.hpp, sim/kernel.
//
// Kamb & Ganguli (2412.20292); physics of their softening: Ambrogioni (2603.20092). In the Brownian
// gauge (x = y + sqrt(s) z, beta = 1/s) a machine answers with the clean mean of every pixel i,
//     <phi_0>_i = sum_phi w_i(phi) phi_0,   w_i(phi) ~ n(phi) exp(beta (x_{Omega_i}.phi -
//     |phi|^2/2)),
// phi_0 the central pixel of a patch phi, Omega_i the P x P window around i, and n the multiplicity
// of the patch in the data; one softmax over all patches of the pixel. score = beta (<phi_0> - x).
// The score is in general not a gradient: there is no p_t, no free energy, and the Jacobian
//     d<phi_0>_i / dx_j = beta Cov_i(phi_0, phi_{j-i}) for j in Omega_i
// is not symmetric.
#pragma once
#include <string>
#include <vector>

#include "sim/target/jacobian_law.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

/// P x P windows on a lattice of one channel. Offsets r = (dy, dx) are numbered row by row.
struct Windows {
  Index side = 1, height = 1, width = 1;
  bool periodic = true;
  Index size() const { return side * side; }
  Index dy(Index r) const { return r / side - side / 2; }
  Index dx(Index r) const { return r % side - side / 2; }
  /// Site i + r, or -1 beyond the edge.
  Index neighbour(Index site, Index r) const;
};

class PatchScore : public Denoiser, public AdjointJacobian {
 public:
  PatchScore(Index channels, Index height, Index width)
      : channels_(channels), height_(height), width_(width) {}

  Index channels() const { return channels_; }
  Index sites() const { return height_ * width_; }
  Index dimension() const override { return channels_ * sites(); }
  std::vector<Index> lattice() const override { return {height_, width_}; }

  /// The windows that the pixels look through at this noise.
  virtual Windows windows(double beta) const = 0;
  /// Var_i(phi_0) of every pixel, d x walkers: what is left of the noise in one local posterior.
  virtual MatrixXd local_variance(const States& x, const Betas& beta) const = 0;
  /// Cov_i(phi_0, phi_r) of one state: rows are window coordinates (channel by channel, P^2 each),
  /// columns are pixels (channel by channel).
  virtual MatrixXd local_covariance(const Eigen::Ref<const VectorXd>& x, double beta) const = 0;

  /// Relative rounding of the clean mean: of sums in double, or of patches in single precision.
  virtual double rounding() const { return 4e-15; }

  /// c(r) = sum_i Cov_i(phi_0, phi_r)/d over pixels, same channel, averaged over the states: it
  /// holds the directional derivatives along all Fourier modes,
  ///     v_k* J v_k = beta (beta c_k - 1),  c_k = sum_r c(r) cos(k.r),  J the score Jacobian.
  virtual VectorXd covariance_profile(const States& x, double beta) const;
  /// From `local_covariance`, exactly.
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;
  MatrixXd transposed_product(const States& x, const Betas& beta, const States& v) const override;

 private:
  /// step(k, windows, local covariance); of many products at one state its covariances come once.
  template <class Step>
  void for_each_state(const States& x, const Betas& beta, const Step& step) const;

  Index channels_, height_, width_;
};

/// |A|^2/|J|^2 of J = d<phi_0>/dx with A its antisymmetric part (Frobenius norms): 0 for a
/// gradient.
double antisymmetric_share(const PatchScore& score, const Windows& windows,
                           const MatrixXd& local_covariance);

/// Throws a KeyError unless `side` is odd and, where it must, fits into `extent`.
void check_side(const std::string& key, Index side, Index extent, bool must_fit);

}  // namespace symbreak::target
