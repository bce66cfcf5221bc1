// Reverse processes: one step of an ensemble of walkers from noise s to s' < s.
// May depend on: sim/deck, sim/target, sim/random, Eigen.
//
// Gauge: x = y + sqrt(s) z with s = sigma^2 t = 1/beta (every clock is brought to it by
// sim/diffusion/forward.hpp, exactly), so that the published variance-preserving forms lose their
// scale factors: with a = abar = 1/(1+s) and x_VP = sqrt(a) x,
//   x0hat = <y>,  eps = (x - <y>)/sqrt(s),  score = (<y> - x)/s
// (Ambrogioni 2024, eq. 9; eq. 3 with the sign of the score corrected). With v = s'(s - s')/s:
//   euler_maruyama  x' = x + (s - s') score + sqrt(s - s') z             first order
//   bridge, ddpm    x' = <y> + (x - <y>) s'/s + sqrt(v) z                exact when <y> is constant
//                   over the step. It *is* ancestral DDPM sampling with the posterior variance (Ho
//                   et al. 2020), because (1 - a/a')(1 - a')/(1 - a)/a' = v
//   bridge_heun     the same with <y> averaged over both ends of the step (<y> at the end taken at
//                   the bridge's x', same noise): second order, two evaluations
//   ddim            x' = <y> + sqrt((s' - eta^2 v)/s) (x - <y>) + eta sqrt(v) z  (Song et al. 2021;
//                   eta = 0: Euler's step of the probability flow in sqrt(s); eta = 1: ddpm)
//   ode             probability flow dx/dsqrt(s) = eps by Heun's method: two evaluations
//   heun, pndm      runs with a memory or noise put back, see integrator.hpp
// A step to s' = 0 is x' = <y> in every case, at one evaluation.
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::diffusion {

enum class Method { euler_maruyama, bridge, bridge_heun, ddpm, ddim, ode, heun, pndm };

/// The method of a deck's word.
Method method_named(const std::string& word);
/// Evaluations of a step to positive noise (pndm: after its first steps).
int stages(Method method);

struct SamplerSetting {
  Method method = Method::bridge;
  double eta = 0;          ///< ddim
  double churn = 0;        ///< heun: S_churn
  double churn_noise = 1;  ///< heun: S_noise
  /// bridge, euler_maruyama: the noise is rounded before it is added. It makes no difference but in
  /// the last bit, where the recorded results of the experiments differ.
  bool rounded_kick = false;
};

/// Moves all columns of x from noise `from` to noise `to` < `from`. `clean_mean` is <y> at (x,
/// from) and is supplied by the caller, who measures with it.
void reverse_step(const SamplerSetting& setting, const target::Denoiser& denoiser, double from,
                  double to, const Eigen::MatrixXd& clean_mean, random::Stream& noise,
                  Eigen::MatrixXd& x);
/// The same by a method without settings, with a rounded kick.
inline void reverse_step(Method method, const target::Denoiser& denoiser, double from, double to,
                         const Eigen::MatrixXd& clean_mean, random::Stream& noise,
                         Eigen::MatrixXd& x) {
  reverse_step({.method = method, .rounded_kick = true}, denoiser, from, to, clean_mean, noise, x);
}

/// True when the sampler draws no random numbers on the way: the end is a function of the start.
bool deterministic(const SamplerSetting& setting);

SamplerSetting sampler_setting(const deck::Parameters& parameters);
std::vector<deck::Key> sampler_keys();

/// x += deviation z; no draws for a deviation of 0.
void add_noise(double deviation, random::Stream& noise, Eigen::MatrixXd& x);

}  // namespace symbreak::diffusion
