// Time grids of reverse runs: which noise levels a sampler visits.
// May depend on: sim/deck, sim/target, Eigen.
//
// A level is s = sigma^2 t = 1/beta of the Brownian gauge, sqrt(s) its noise amplitude. From a
// first level s_0 to a last s_1:
//   uniform_t         even in the deck's clock t
//   log               even in ln s
//   sqrt              even in sqrt(s)
//   cosine            abar = cos^2((u + .008)/1.008 pi/2), even in u (Nichol & Dhariwal 2021)
//   linear_beta       the discrete DDPM chain beta_i = linspace(first, last, length), abar_i =
//                     prod_{j<=i} (1 - beta_j), s = (1 - abar)/abar; even in the index, rounded
//                     (Ho, Jain & Abbeel 2020; Raya & Ambrogioni 2023)
//   edm               even in s^{1/(2 rho)} (Karras et al. 2022, eq. 5)
//   entropic          equal shares of the conditional entropy, dH (Stancevic & Ambrogioni 2025)
//   rescaled_entropic equal shares of sqrt(s) dH: finite for continuous data, optimal for Gaussians
//   spectral          as rescaled_entropic, with mode k of the covariance weighted by
//                     (lambda_k/lambda_max)^power: fine detail counts less
// The entropic ones need the entropy rate (sim/diffusion/entropy_rate.hpp).
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/target/target.hpp"

namespace symbreak::diffusion {

struct Grid {
  std::vector<double> noise;  ///< steps + 1 levels s, descending; the last may be 0
  /// Level at fractional step u in [0, steps], in the schedule's own parameter (half steps of
  /// Runge-Kutta methods).
  std::function<double(double)> between;
  std::size_t steps() const { return noise.size() - 1; }
  double last_noise() const { return noise.back() > 0 ? noise.back() : noise[noise.size() - 2]; }
};

/// Positive levels alone, `from` and `to` included: even in ln s as s_0 (s_1/s_0)^u ("log"), in
/// sqrt(s) ("sqrt"), or the `steps` levels s = tan^2(pi u/2), u = cosine_start (1 - j/steps), of
/// the cosine schedule of published patch samplers ("cosine"; the last step, to s = 0, is the clean
/// mean at the last level). The same law as "log" and "sqrt" of make_grid, to rounding.
Grid spaced_grid(const std::string& spacing, double from, double to, Eigen::Index steps,
                 double cosine_start = 0);

/// The grid of a deck. `from` and `to` bound it (s_0 > s_1 > 0); linear_beta takes its own from
/// experiment.start_index. With experiment.last_step = clean the last step goes from s_1 to 0,
/// which every sampler does by x' = <y>.
Grid make_grid(const deck::Parameters& parameters, const Forward& forward,
               const target::Model& model, double from, double to);

std::vector<deck::Key> schedule_keys();

}  // namespace symbreak::diffusion
