#include "sim/diffusion/channel/reverse.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::diffusion {

namespace {

double drawn(const SpinChannel::Law& law, double uniform) {
  return uniform < law.up ? 1 : uniform < law.up + law.down ? -1 : 0;
}

VectorXd fields(const SpinChannel& channel, double signal, Index walkers) {
  return VectorXd::Constant(walkers, channel.field(signal));
}

}  // namespace

SpinSampler spin_sampler_named(const std::string& name) {
  if (name == "exact") return SpinSampler::exact;
  if (name == "one_site") return SpinSampler::one_site;
  if (name == "tau_leap") return SpinSampler::tau_leap;
  return name == "euler" ? SpinSampler::euler : SpinSampler::factorised;
}

SpinChannel::Law next_spin(SpinSampler sampler, const SpinChannel& channel, double x, double mean,
                           double from, double to) {
  if (sampler == SpinSampler::tau_leap || sampler == SpinSampler::euler) {
    const double expected = *channel.turning_rate(x, mean, from) * std::log(to / from);
    const double turns =
        sampler == SpinSampler::euler ? std::min(1.0, expected) : -std::expm1(-2 * expected) / 2;
    const double up = x > 0 ? 1 - turns : turns;
    return {up, 1 - up};
  }
  return channel.step(x, std::clamp((1 + mean) / 2, 0.0, 1.0), from, to);
}

namespace {

/// x' of every spin given x and its mean, or y.
void move_spins(SpinSampler sampler, const SpinChannel& channel, const MatrixXd& mean, double from,
                double to, random::Stream& dynamics, MatrixXd& x) {
  MatrixXd uniform(x.rows(), x.cols());
  dynamics.uniforms({uniform.data(), static_cast<std::size_t>(uniform.size())});
  for (Index k = 0; k < x.cols(); ++k) {
    for (Index i = 0; i < x.rows(); ++i) {
      x(i, k) = drawn(next_spin(sampler, channel, x(i, k), mean(i, k), from, to), uniform(i, k));
    }
  }
}

void open_with(const MatrixXd& mean, random::Stream& dynamics, MatrixXd& x) {
  std::vector<Index> masked;
  for (Index k = 0; k < x.cols(); ++k) {
    masked.clear();
    for (Index i = 0; i < x.rows(); ++i) {
      if (x(i, k) == 0) masked.push_back(i);
    }
    const double which = dynamics.uniform(), value = dynamics.uniform();
    if (masked.empty()) continue;
    const auto place = static_cast<std::size_t>(which * static_cast<double>(masked.size()));
    const Index i = masked[std::min(place, masked.size() - 1)];
    x(i, k) = value < (1 + mean(i, k)) / 2 ? 1 : -1;
  }
}

}  // namespace

void reverse_step(SpinSampler sampler, const SpinChannel& channel, const target::Target& target,
                  double from, double to, random::Stream& dynamics, MatrixXd& x) {
  const VectorXd h = fields(channel, from, x.cols());
  MatrixXd mean(x.rows(), x.cols());
  if (sampler == SpinSampler::exact) {
    for (Index k = 0; k < x.cols(); ++k) {
      mean.col(k) = target.draw_copies(x.col(k), h[k], 1, dynamics).sum;
    }
  } else {
    mean = target.mean(x, h);
  }
  move_spins(sampler, channel, mean, from, to, dynamics, x);
}

void open_one(const SpinChannel& channel, const target::Target& target, random::Stream& dynamics,
              MatrixXd& x) {
  open_with(target.mean(x, fields(channel, 0, x.cols())), dynamics, x);
}

double reverse_step(SpinSampler sampler, const SpinChannel& channel, SampledPosterior posterior,
                    double from, double to, random::Stream& dynamics, MatrixXd& x) {
  const VectorXd h = fields(channel, from, x.cols());
  if (sampler == SpinSampler::exact) {
    const MatrixXd y = posterior.chains.draw(x, h, posterior.sweeps);
    move_spins(sampler, channel, y, from, to, dynamics, x);
    return 1;
  }
  const auto estimate = posterior.chains.estimate(x, h, posterior.sweeps);
  move_spins(sampler, channel, estimate.mean, from, to, dynamics, x);
  return estimate.r_hat.maxCoeff();
}

double open_one(const SpinChannel& channel, SampledPosterior posterior, random::Stream& dynamics,
                MatrixXd& x) {
  const auto estimate =
      posterior.chains.estimate(x, fields(channel, 0, x.cols()), posterior.sweeps);
  open_with(estimate.mean, dynamics, x);
  return estimate.r_hat.maxCoeff();
}

}  // namespace symbreak::diffusion
