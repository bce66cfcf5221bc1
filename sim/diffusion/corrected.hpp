// Generation with Langevin corrections, and Langevin dynamics at fixed noise. May depend on:
// sim/diffusion/reverse.hpp, sim/target, sim/random.
//
// After each reverse step from s to s', R ln(s/s') units of Langevin time at the new noise: R says
// how slowly the noise is swept. Time is in units of s, in which a single coordinate relaxes in 1:
//     dx = (<y> - x) dtau + sqrt(2 s) dw            (drift s * score)
// A score that is not a gradient has no potential, so there is no Metropolis test: the step delta
// of
//     x' = <y> + e^{-delta} (x - <y>) + sqrt(s (1 - e^{-2 delta})) z
// (exact for constant <y>, first order in delta otherwise) is to be extrapolated.
#pragma once
#include "sim/diffusion/reverse.hpp"

namespace symbreak::diffusion {

struct Correction {
  double rate = 0;    ///< R: Langevin time per unit of ln s; 0: none
  double step = 0.2;  ///< largest delta
};

/// Langevin dynamics of all columns of x for a time `tau`, in equal steps of at most `step`.
void langevin(const target::Denoiser& denoiser, double noise, double tau, double step,
              random::Stream& stream, Eigen::MatrixXd& x);

/// One step from noise `from` to `to` > 0, and its correction.
void corrected_step(Method method, const Correction& correction, const target::Denoiser& denoiser,
                    double from, double to, const Eigen::MatrixXd& clean_mean,
                    random::Stream& noise, random::Stream& corrections, Eigen::MatrixXd& x);

}  // namespace symbreak::diffusion
