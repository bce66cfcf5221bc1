// Where reverse runs start. May depend on: sim/deck, sim/target, sim/random, Eigen.
//
// At the first level s_0 of the grid, Brownian gauge:
//   planted             x = y + sqrt(s_0) z, the exact law of forward noised data
//   noise               what a sampler started from pure noise has: N(0, s_0) on the Brownian
//                       clock; unit variance of x_VP, hence N(0, 1 + s_0), on the others
//                       ("vanilla")
//   gaussian            Gaussian late start (Raya & Ambrogioni 2023): N(mu, Sigma + s_0), the mean
//                       and covariance of the noised data, exact
//   gaussian_estimated  the same moments estimated from `start_samples` noised data, drawn anew for
//                       every replica: errors contain the estimate's
// A late start is any of them at a small s_0.
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/target.hpp"

namespace symbreak::diffusion {

enum class StartKind { planted, noise, gaussian, gaussian_estimated };
StartKind start_kind(const deck::Parameters& parameters);
std::vector<deck::Key> start_keys();

/// Clean data, d x count.
Eigen::MatrixXd clean_samples(const target::Model& model, random::Stream& stream,
                              Eigen::Index count);

/// Variance per coordinate of clean data, of 256 samples; 1 of spins.
double sampled_variance(const target::Model& model);

/// First and last positive noise level of a deck's reverse run.
struct NoiseRange {
  double from = 0, to = 0;
};
NoiseRange noise_range(const deck::Parameters& parameters, const Forward& forward,
                       const target::Model& model);

class Start {
 public:
  /// `estimation`: stream of the samples behind gaussian_estimated, which costs
  /// O(samples d^2 + d^3) here. Throws deck::KeyError where moments cannot be had.
  Start(StartKind kind, target::Model model, const Forward& forward, double noise,
        Eigen::Index samples, random::Stream estimation);
  /// Fills x, d x walkers.
  void draw(random::Stream& stream, Eigen::MatrixXd& x) const;
  /// Mean and variance of x of the Gaussian kinds in one dimension.
  double mean() const { return kind_ == StartKind::noise ? 0 : mean_[0]; }
  double variance() const;

 private:
  StartKind kind_;
  target::Model model_;
  double noise_, pure_;  // s_0; variance of a `noise` start
  Eigen::VectorXd mean_;
  Eigen::MatrixXd root_;  // of the covariance of the clean part (exact) or of x (estimated)
};

}  // namespace symbreak::diffusion
