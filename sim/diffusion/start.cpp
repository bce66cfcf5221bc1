#include "sim/diffusion/start.hpp"

#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/spectrum.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::diffusion {

using Eigen::Index;
using Eigen::MatrixXd;

MatrixXd clean_samples(const target::Model& model, random::Stream& stream, Index count) {
  MatrixXd y(model.denoiser->dimension(), count);
  model.data->sample(stream, y);
  return y;
}

Start::Start(StartKind kind, target::Model model, const Forward& forward, double noise,
             Index samples, random::Stream estimation)
    : kind_(kind),
      model_(std::move(model)),
      noise_(noise),
      pure_(forward.clock() == Clock::brownian ? noise : 1 + noise) {
  const Index d = model_.denoiser->dimension();
  if (kind == StartKind::gaussian) {
    const auto covariance = model_.data->covariance();
    if (!covariance) {
      throw deck::KeyError("experiment.start",
                           "a Gaussian start needs the target's covariance, which is too large to "
                           "store at this dimension");
    }
    mean_ = model_.data->mean_of_target();
    root_ = target::symmetric_spectrum(*covariance).root();
  }
  if (kind == StartKind::gaussian_estimated) {
    constexpr Index kLargest = 2048;
    if (d > kLargest || samples < d + 2) {
      throw deck::KeyError(
          "experiment.start_samples",
          "an estimated covariance needs more samples than dimensions, and at most "
          "2048 dimensions");
    }
    MatrixXd x = clean_samples(model_, estimation, samples);
    x += std::sqrt(noise) * normals(estimation, d, samples);
    mean_ = x.rowwise().mean();
    x.colwise() -= mean_;
    root_ = target::symmetric_spectrum(x * x.transpose() / static_cast<double>(samples - 1)).root();
  }
}

double Start::variance() const {
  return kind_ == StartKind::noise      ? pure_
         : kind_ == StartKind::gaussian ? root_(0, 0) * root_(0, 0) + noise_
                                        : root_(0, 0) * root_(0, 0);
}

void Start::draw(random::Stream& stream, MatrixXd& x) const {
  const Index d = model_.denoiser->dimension(), walkers = x.cols();
  x.resize(d, walkers);
  switch (kind_) {
    case StartKind::planted: {
      x = clean_samples(model_, stream, walkers);
      x += std::sqrt(noise_) * normals(stream, d, walkers);
      return;
    }
    case StartKind::noise:
      x = std::sqrt(pure_) * normals(stream, d, walkers);
      return;
    case StartKind::gaussian:
      x = root_ * normals(stream, d, walkers);
      x += std::sqrt(noise_) * normals(stream, d, walkers);
      break;
    case StartKind::gaussian_estimated:
      x = root_ * normals(stream, d, walkers);
      break;
  }
  x.colwise() += mean_;
}

double sampled_variance(const target::Model& model) {
  if (target::part<target::SpinSystem>(*model.denoiser) != nullptr) return 1;
  random::Stream probe = random::probe();
  const MatrixXd y = clean_samples(model, probe, 256);
  return (y.colwise() - y.rowwise().mean()).squaredNorm() / static_cast<double>(y.size());
}

NoiseRange noise_range(const deck::Parameters& parameters, const Forward& forward,
                       const target::Model& model) {
  const auto covariance = model.data->covariance();
  const Index d = model.denoiser->dimension();
  double spread = 0;
  if (covariance) {
    spread = covariance->trace();
  } else if (target::part<target::SpinSystem>(*model.denoiser) != nullptr) {
    spread = static_cast<double>(d);  // no chain need run to tell
  } else {
    random::Stream probe = random::probe();
    spread = clean_samples(model, probe, 256).squaredNorm() / 256;
  }
  if (!(spread > 0) && !(parameters.real("experiment.t_start") > 0)) {
    throw deck::KeyError(
        "experiment.t_start",
        "the data are all alike and set no scale of noise: give t_start and t_end");
  }
  NoiseRange range{200 * spread, 1e-4 * spread / static_cast<double>(d)};
  if (forward.clock() == Clock::ddpm) range.from = std::min(range.from, forward.at(1).noise());
  if (parameters.real("experiment.t_start") > 0) {
    range.from = forward.at(parameters.real("experiment.t_start")).noise();
  }
  if (parameters.real("experiment.t_end") > 0) {
    range.to = forward.at(parameters.real("experiment.t_end")).noise();
  }
  return range;
}

StartKind start_kind(const deck::Parameters& parameters) {
  const std::string& word = parameters.word("experiment.start");
  return word == "planted"    ? StartKind::planted
         : word == "noise"    ? StartKind::noise
         : word == "gaussian" ? StartKind::gaussian
                              : StartKind::gaussian_estimated;
}

std::vector<deck::Key> start_keys() {
  const std::string section = "experiment";
  return {
      deck::word_key(section, "start", "noise",
                     "initial law at the first level: pure noise (vanilla), the Gaussian with the "
                     "mean and covariance of the noised data, exact or estimated (Gaussian late "
                     "start), or forward noised data (planted)",
                     {"noise", "gaussian", "gaussian_estimated", "planted"}),
      deck::used_with("start=gaussian_estimated",
                      deck::count_key(section, "start_samples", "10000",
                                      "noised data behind the moments, per replica", 2, 1e8)),
      deck::real_key(section, "t_start", "0",
                     "first time, deck's clock; 0: where sigma^2 t is 200 times the variance of "
                     "the data (the end of the clock, if that comes first)",
                     0),
      deck::real_key(
          section, "t_end", "0",
          "last time of positive noise; 0: sigma^2 t is 1e-4 of the variance per dimension", 0),
  };
}

}  // namespace symbreak::diffusion
