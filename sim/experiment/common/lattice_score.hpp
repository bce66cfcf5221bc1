// Scores on a lattice, with windows or without, and their Jacobian along Fourier modes.
// May depend on: sim/target, sim/diffusion.
//
//   softening of mode k   -s v_k* J v_k = 1 - v_k* (d<y>/dx) v_k, J the score Jacobian, |v_k| = 1
// Of windows it is 1 - beta c_k, c_k = sum_r c(r) cos k.r with c the covariance profile
// (sim/target/patch/patch_score.hpp); of any other denoiser two Jacobian products per mode.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <optional>

#include "analysis/verdict/result.hpp"
#include "sim/target/patch/patch_score.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

using Eigen::Index;

struct LatticeScore {
  std::shared_ptr<const target::Denoiser> denoiser;
  const target::PatchScore* patches = nullptr;  ///< nullptr: no windows
  Index height = 0, width = 0;
  double spread = 0;  ///< without windows: lambda_max of the covariance of the data

  Index sites() const { return height * width; }
  /// The unit of noise: P^2 of the windows at this inverse temperature, else `spread`.
  double unit(double beta) const;
  /// -s v_k* J v_k of the modes k = 2 pi (j, 0)/L, averaged over the states x.
  Eigen::VectorXd softening(const Eigen::MatrixXd& x, double beta, Index modes) const;
  /// Where the noise-free symmetric branch bends, in closed form.
  std::optional<target::KnownValue> critical_noise() const;
  /// Largest uniform clean mean: what uniform states of large amplitude become.
  double amplitude() const;
  /// Unit, side and whether references exist; `beta` as of unit().
  std::vector<verdict::Fact> facts(double beta, const std::string& window_text) const;
};

/// Of a denoiser with a lattice of two dimensions; without its `spread`.
LatticeScore lattice_of(std::shared_ptr<const target::Denoiser> denoiser);
/// The score of a point; a KeyError where there is no two-dimensional lattice or no clean mean.
LatticeScore lattice_score(const deck::Parameters& parameters);

/// Window sums c_k = sum_r c(r) cos(k_x dx) of a covariance profile along the axis, k_x = 2 pi j/L.
Eigen::VectorXd window_modes(const target::Windows& windows, const Eigen::VectorXd& profile,
                             Index modes);
/// sum_r c(r) dx^2/2: the gradient term of the same.
double window_gradient(const target::Windows& windows, const Eigen::VectorXd& profile);

/// Rough seconds of one evaluation of a score for all walkers.
double evaluation_seconds(const target::Denoiser& score, Index walkers);

}  // namespace symbreak::experiment
