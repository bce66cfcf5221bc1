// Reverse processes: one step of an ensemble of walkers from noise s to s' < s.
// May depend on: sim/target, sim/random, Eigen.
//
// Gauge: x = y + sqrt(s) z with s = sigma^2 t = 1/beta (every clock is brought to it by
// sim/diffusion/forward.hpp, exactly). With a clean mean <y> and score = (<y> - x)/s
// (Ambrogioni 2024, eq. 9; eq. 3 with the sign of the score corrected):
//   bridge          x' = <y> + (x - <y>) s'/s + sqrt(s'(s - s')/s) z     exact when <y> is constant
//                   over the step; stable down to s' = 0, where x' = <y>
//   bridge_heun     the same with <y> averaged over both ends of the step (<y> at the end taken at
//                   the bridge's x', same noise): second order, two evaluations
//   euler_maruyama  x' = x + (s - s') score + sqrt(s - s') z             first order
//   ode             probability flow dx/dsqrt(s) = (x - <y>)/sqrt(s), Heun's second-order step
//                   (two evaluations; the last step, s' = 0, is x' = <y>)
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "sim/random/stream.hpp"
#include "sim/target/target.hpp"

namespace symbreak::diffusion {

enum class Sampler { bridge, bridge_heun, euler_maruyama, ode };

/// Moves all columns of x from noise `from` to noise `to` < `from`. `clean_mean` is <y> at (x,
/// from) and is supplied by the caller, who measures with it.
void reverse_step(Sampler sampler, const target::Denoiser& denoiser, double from, double to,
                  const Eigen::MatrixXd& clean_mean, random::Stream& noise, Eigen::MatrixXd& x);

/// steps + 1 noise levels from `start` down to `end`, evenly spaced in log s (spacing "log") or in
/// sqrt(s) (spacing "sqrt"); both included.
std::vector<double> noise_grid(double start, double end, Eigen::Index steps,
                               const std::string& spacing);

}  // namespace symbreak::diffusion
