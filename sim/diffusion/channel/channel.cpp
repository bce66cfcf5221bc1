#include "sim/diffusion/channel/channel.hpp"

#include <algorithm>
#include <cmath>

#include "sim/deck/optional_keys.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::diffusion {

MatrixXd noised(const SpinChannel& channel, const target::States& y, double signal,
                random::Stream& stream) {
  MatrixXd x(y.rows(), y.cols());
  stream.uniforms({x.data(), static_cast<std::size_t>(x.size())});
  for (Index k = 0; k < y.cols(); ++k) {
    for (Index i = 0; i < y.rows(); ++i) {
      const SpinChannel::Law law = channel.noise_law(y(i, k), signal);
      x(i, k) = x(i, k) < law.up ? 1 : x(i, k) < law.up + law.down ? -1 : 0;
    }
  }
  return x;
}

double entropy_rate(const SpinChannel& channel, const MatrixXd& x, const MatrixXd& mean,
                    double signal) {
  double sum = 0;
  for (Index k = 0; k < x.cols(); ++k) {
    for (Index i = 0; i < x.rows(); ++i) {
      sum += channel.entropy_rate(x(i, k), mean(i, k), signal);
    }
  }
  return sum / static_cast<double>(x.cols());
}

double entropy_rate(const SpinChannel& channel, const MatrixXd& x, const MatrixXd& one,
                    const MatrixXd& other, double signal) {
  const auto rate = [&](const MatrixXd& mean) { return entropy_rate(channel, x, mean, signal); };
  return 2 * rate((one + other) / 2) - (rate(one) + rate(other)) / 2;
}

std::vector<deck::Key> channel_keys() {
  return {deck::word_key("forward", "channel", "erase",
                         "what happens to every spin: erase (masked with probability e) or flip "
                         "(turned over with probability p)",
                         {"erase", "flip"})};
}

std::unique_ptr<const SpinChannel> make_channel(const deck::Parameters& parameters) {
  if (parameters.real("forward.sigma") != 1) {
    throw deck::KeyError("forward.sigma", "discrete channels have no amplitude of noise");
  }
  return parameters.word("forward.channel") == "flip" ? flips() : erasures();
}

std::string describe_forward(const deck::Parameters& parameters) {
  if (parameters.has("forward.channel") && parameters.word("forward.channel") != "gaussian") {
    return make_channel(parameters)->describe() + " of spins";
  }
  return Forward(parameters).describe();
}

std::vector<deck::Key> level_keys(deck::Key noise) {
  deck::Key time = deck::optional_key(noise);
  time.name = "t";
  time.minimum = 0;
  time.open_minimum = true;
  time.maximum = deck::unlimited;
  time.text =
      "levels as times of the clock: u = e^-t (ornstein_uhlenbeck) or theta_t (ddpm), u = 1 - e or "
      "1 - 2p";
  return {deck::used_with("forward.clock=brownian", std::move(noise)),
          deck::used_with("forward.clock=ornstein_uhlenbeck|ddpm", std::move(time))};
}

SpinClock::SpinClock(const deck::Parameters& parameters)
    : clock_(Forward(parameters)), named_(clock_.clock() != theory::Clock::brownian) {
  if (!named_) clock_ = theory::NoiseClock(theory::Clock::ornstein_uhlenbeck);
}

double SpinClock::signal(double t, const std::string& key) const {
  require_time(clock_, t, key);
  return clock_.at(t).scale;
}

std::vector<double> levels_of(const deck::Parameters& parameters, const SpinChannel& channel) {
  const SpinClock clock(parameters);
  const std::string key = clock.named() ? "experiment.t" : "experiment.noise";
  std::vector<double> levels =
      parameters.has(key) ? parameters.value(key).numbers : std::vector<double>{};
  const bool none = std::ranges::all_of(levels, [](double level) { return level == 0; });
  if (none) {
    throw deck::KeyError(
        key, "the channel ({}) needs a level above 0: {}", channel.describe(),
        clock.named() ? "a time t of the clock" : "noise, or t where forward.clock names a clock");
  }
  for (double& noise : levels) {
    if (clock.named()) noise = channel.noise(clock.signal(noise, key));
    if (!(noise > 0 && noise < channel.most_noise())) {
      throw deck::KeyError(key, "noise = {} is not between 0 and {}, what {} can be", noise,
                           channel.most_noise(), channel.describe());
    }
  }
  return levels;
}

void require_spins(const target::Target& target) {
  const auto* points = target::part<target::FiniteSupport>(target);
  bool spins = points == nullptr && target::part<target::SpinLaw>(target) != nullptr;
  if (const auto model = target.data_model(); points != nullptr && model) {
    spins = model->law == theory::DataLaw::binary && model->variance == 1 &&
            model->dimension == static_cast<double>(target.dimension());
  } else if (points != nullptr) {
    spins = true;
    for (Index j = 0; spins && j < points->count(); ++j) {
      spins = (points->point(j).array().abs() == 1).all();
    }
  }
  if (!spins) {
    throw deck::KeyError(
        "target.kind",
        "a discrete channel acts on +-1 spins; {} has other coordinates (of "
        "synthetic_dataset: law = binary, std = 1; of dataset: normalisation = signs)",
        target.describe());
  }
}

}  // namespace symbreak::diffusion
