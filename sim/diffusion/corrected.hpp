// Generation with Langevin corrections, and Langevin dynamics at fixed noise. May depend on:
// sim/diffusion/reverse.hpp, sim/target, sim/random.
//
// Gauge and bridge as in reverse.hpp. Besides its samplers:
//   ddim       x' = <y> + sqrt(s'/s) (x - <y>), the first-order step of the probability flow
//   corrector  after each step, R ln(s/s') units of Langevin time at the new noise: how slowly the
//              noise is swept. Time is in units of s, in which a single coordinate relaxes in 1:
//                  dx = (<y> - x) dtau + sqrt(2 s) dw            (drift s * score)
// A score that is not a gradient has no potential, so there is no Metropolis test: the step delta
// of
//     x' = <y> + e^{-delta} (x - <y>) + sqrt(s (1 - e^{-2 delta})) z
// (exact for constant <y>, first order in delta otherwise) is to be extrapolated.
#pragma once
#include <Eigen/Core>
#include <string>

#include "sim/diffusion/reverse.hpp"

namespace symbreak::diffusion {

enum class LatticeSampler { bridge, bridge_heun, ddim, ode };
LatticeSampler lattice_sampler(const std::string& name);

struct Correction {
  double rate = 0;    ///< R: Langevin time per unit of ln s; 0: none
  double step = 0.2;  ///< largest delta
};

/// Langevin dynamics of all columns of x for a time `tau`, in equal steps of at most `step`.
void langevin(const target::Denoiser& denoiser, double noise, double tau, double step,
              random::Stream& stream, Eigen::MatrixXd& x);

/// One step from noise `from` to `to` > 0, and its correction.
void lattice_step(LatticeSampler sampler, const Correction& correction,
                  const target::Denoiser& denoiser, double from, double to,
                  const Eigen::MatrixXd& clean_mean, random::Stream& noise,
                  random::Stream& corrections, Eigen::MatrixXd& x);

/// `steps` + 1 levels as in noise_grid for "log"; for "cosine" the `steps` levels s = tan^2(pi
/// u/2), u = u_start (1 - j/steps), of the cosine schedule of the published samplers (the last
/// step, to s = 0, is the clean mean at the last level).
std::vector<double> lattice_grid(const std::string& spacing, double start, double end,
                                 double cosine_start, Eigen::Index steps);

}  // namespace symbreak::diffusion
