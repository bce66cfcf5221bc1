// Denoisers: what everything noisy is run on. May depend on: Eigen.
//
// Gauge. Everything here is in the Brownian gauge: the noisy state is x = y + z/sqrt(beta), beta
// the inverse temperature 1/(sigma^2 t). A denoiser answers with the clean mean <y>; score = beta
// (<y> - x). Batches: columns are walkers (d x walkers, column-major), beta has one entry per
// walker. All methods are const and thread-free; batches may be of any size >= 1.
#pragma once
#include <Eigen/Core>
#include <optional>
#include <string>
#include <vector>

namespace symbreak::target {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using States = Eigen::Ref<const MatrixXd>;  ///< d x walkers
using Betas = Eigen::Ref<const VectorXd>;   ///< walkers

/// What is known in closed form of one family only. Noise means s = sigma^2 t.
enum class Known {
  eigenvalue_limit,    ///< lambda_max of the covariance, d -> infinity
  class_signal,        ///< G of the two classes at a noise, d -> infinity
  gaussian_variance,   ///< of isotropic Gaussian data, per coordinate
  window_noise,        ///< where the noise-free branch of a patch score bends, s_c
  window_mode_noise,   ///< the same for the mode k = (2 pi/L, 0)
  window_length,       ///< xi sqrt(tau) of a patch score, tau > 0
  spinodal_noise,      ///< where a branch that is not the symmetric one ends
  restabilised_noise,  ///< below it the symmetric branch is stable again
  tricritical_noise,
  entropy,  ///< of discrete data, nats, where their states are not summed
};
struct KnownValue {
  double value = 0;
  std::string source;
};

/// The part of a posterior that any score machine has: the clean mean and its Jacobian. A score
/// that is not the gradient of any log p_t (patch machines, networks) has nothing else.
class Denoiser {
 public:
  virtual ~Denoiser() = default;
  virtual Index dimension() const = 0;
  /// <y> at each column of x.
  virtual MatrixXd mean(const States& x, const Betas& beta) const = 0;
  /// (d<y>/dx) v column by column. For a posterior this is beta Cov(y) v.
  virtual MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const = 0;
  /// Sides of the lattice whose sites the coordinates are (row-major); empty: none. It gives
  /// Fourier modes, structure factors and images. Several channels: one whole lattice after the
  /// other.
  virtual std::vector<Index> lattice() const { return {}; }
  virtual std::string describe() const { return "a score"; }  ///< "2 points in 1 dimension"
  virtual std::size_t memory() const { return 0; }            ///< bytes held

  /// `noise`: of those that depend on it.
  std::optional<KnownValue> known(Known quantity, double noise = 0) const {
    return known_value(quantity, noise);
  }

 protected:
  virtual std::optional<KnownValue> known_value(Known quantity, double noise) const {
    (void)quantity;
    (void)noise;
    return std::nullopt;
  }
};

/// What a denoiser has besides, asked for by type: CleanData, Posterior, FiniteSupport, SpinSystem,
/// PatchScore ...; nullptr: nothing of the kind.
template <class Wanted>
const Wanted* part(const Denoiser& denoiser) {
  return dynamic_cast<const Wanted*>(&denoiser);
}

}  // namespace symbreak::target
