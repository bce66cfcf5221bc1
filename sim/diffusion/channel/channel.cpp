#include "sim/diffusion/channel/channel.hpp"

#include <cmath>

#include "sim/deck/key_forms.hpp"
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

std::vector<deck::Key> channel_keys() {
  return {deck::word_key("forward", "channel", "erase",
                         "what happens to every spin: erase (masked with probability e) or flip "
                         "(turned over with probability p)",
                         {"erase", "flip"})};
}

std::unique_ptr<const SpinChannel> make_channel(const deck::Parameters& parameters) {
  const std::string& clock = parameters.word("forward.clock");
  if (clock != "brownian") {
    throw deck::KeyError("forward.clock",
                         "clock = {} is of the Gaussian channel; the levels of discrete channels "
                         "are shares e or probabilities p, and their clock is t = -ln(1 - e) or "
                         "-ln(1 - 2p)",
                         clock);
  }
  if (parameters.real("forward.sigma") != 1) {
    throw deck::KeyError("forward.sigma", "discrete channels have no amplitude of noise");
  }
  return parameters.word("forward.channel") == "flip" ? flips() : erasures();
}

std::string describe_forward(const deck::Parameters& parameters) {
  if (parameters.has("forward.channel")) return make_channel(parameters)->describe() + " of spins";
  return Forward(parameters).describe();
}

std::vector<double> signals_of(const deck::Parameters& parameters, const SpinChannel& channel) {
  std::vector<double> signals;
  for (const double noise : parameters.reals("experiment.noise")) {
    if (!(noise > 0 && noise < channel.most_noise())) {
      throw deck::KeyError("experiment.noise", "noise = {} is not between 0 and {}, what {} can be",
                           noise, channel.most_noise(), channel.describe());
    }
    signals.push_back(channel.signal(noise));
  }
  return signals;
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
    throw deck::KeyError("target.kind",
                         "a discrete channel acts on +-1 spins; {} has other coordinates (of "
                         "synthetic_dataset: law = binary, std = 1)",
                         target.describe());
  }
}

}  // namespace symbreak::diffusion
