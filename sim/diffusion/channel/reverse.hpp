// Reverse processes of a discrete channel. May depend on: this folder.
//
//   exact       y from the posterior, jointly, then x' from p(x'|x, y): exact for any step, the twin
//               of exact posterior steps of the Gaussian channel
//   one_site    erase: masked spins open one by one in random order, each from its conditional law;
//               exact for every order (any-order autoregressive), d steps of its own
//   factorised  x'_i from p(x'_i | x), every spin by itself (D3PM; the leap of masked models): biased.
//               Flips repair errors, and lose n^-2 in KL divergence; open masks are never repaired,
//               and lose n^-1
//   tau_leap    flip: rates frozen over a step, spin i turned with probability (1 - e^{-2 r_i dt})/2
//   euler       flip: spin i turned with probability min(1, r_i dt)
// r_i = rho_i/2 is the rate of the exact reverse process in t = -ln u, which diverges as u -> 1.
#pragma once
#include <string>
#include <vector>

#include "sim/diffusion/channel/channel.hpp"

namespace symbreak::diffusion {

enum class SpinSampler { exact, one_site, factorised, tau_leap, euler };
SpinSampler spin_sampler_named(const std::string& name);
/// Whether samples have the law of the data, but for the start.
inline bool is_exact(SpinSampler sampler) {
  return sampler == SpinSampler::exact || sampler == SpinSampler::one_site;
}

/// Law of the next state of one spin in a step between signals, factorised, tau_leap or euler.
SpinChannel::Law next_spin(SpinSampler sampler, const SpinChannel& channel, double x, double mean,
                           double from, double to);

/// A posterior that is sampled, not summed: chains that follow the state from step to step. Clean
/// means are those of `sweeps` sweeps of the chains of a walker, so that a step of single spins, which
/// is linear in the mean, has the right law for every spin; spins are left with a correlation of their
/// covariance over the number of independent samples, nearer to the exact kernel than without. The
/// exact kernel takes the state of one chain. Both are as exact as the chains are in equilibrium.
struct SampledPosterior {
  target::MonteCarloPosterior& chains;
  Index sweeps = 1;
};
/// One step of all walkers (columns); not for one_site. Returns the largest split R-hat of the chains
/// whose means were taken.
double reverse_step(SpinSampler sampler, const SpinChannel& channel, SampledPosterior posterior,
                    double from, double to, random::Stream& dynamics, MatrixXd& x);
double open_one(const SpinChannel& channel, SampledPosterior posterior, random::Stream& dynamics,
                MatrixXd& x);

/// One step of all walkers (columns); not for one_site.
void reverse_step(SpinSampler sampler, const SpinChannel& channel, const target::Target& target,
                  double from, double to, random::Stream& dynamics, MatrixXd& x);
/// Opens a random masked spin of every walker that has one.
void open_one(const SpinChannel& channel, const target::Target& target, random::Stream& dynamics,
              MatrixXd& x);

/// P(y) of all 2^d states that such steps lead to, exactly: spins by themselves given x, so that a
/// step is a sum over all pairs of states, 4^d (flip) or 5^d (erase) each. `start`: law of the
/// 3^d states (digit i of the number: spin i masked, up, down). nullopt beyond some 2e8 sums.
std::optional<VectorXd> sampler_law(SpinSampler sampler, const SpinChannel& channel,
                                    const target::Target& target,
                                    const std::vector<double>& signals, bool uniform_start);

}  // namespace symbreak::diffusion
