#include "sim/diffusion/integrator.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::diffusion {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kStartUp = 3;  ///< Runge-Kutta steps of pndm

void add_noise(double deviation, random::Stream& noise, MatrixXd& x) {
  if (deviation == 0) return;
  MatrixXd z(x.rows(), x.cols());
  noise.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
  x += deviation * z;
}

double raised(const SamplerSetting& setting, const Grid& grid) {
  return std::min(setting.churn / static_cast<double>(grid.steps()), std::sqrt(2.0) - 1);
}

}  // namespace

bool deterministic(const SamplerSetting& setting) {
  switch (setting.method) {
    case Method::ode:
    case Method::pndm:
      return true;
    case Method::ddim:
      return setting.eta == 0;
    case Method::heun:
      return setting.churn == 0;
    default:
      return false;
  }
}

MatrixXd Integrator::mean(const target::Denoiser& denoiser, const MatrixXd& x, double s) {
  ++evaluations_;
  return denoiser.mean(x, VectorXd::Constant(x.cols(), 1 / s));
}

MatrixXd Integrator::epsilon(const target::Denoiser& denoiser, const MatrixXd& x, double s) {
  return (x - mean(denoiser, x, s)) / std::sqrt(s);
}

void Integrator::step(std::size_t i, const target::Denoiser& denoiser, random::Stream& noise,
                      MatrixXd& x, const MatrixXd* clean_mean) {
  double from = grid_.noise[i];
  const double to = grid_.noise[i + 1];
  if (setting_.method == Method::heun && setting_.churn > 0) {
    const double sigma = std::sqrt(from) * (1 + raised(setting_, grid_));
    add_noise(setting_.churn_noise * std::sqrt(sigma * sigma - from), noise, x);
    from = sigma * sigma;
    clean_mean = nullptr;
  }
  MatrixXd clean;
  if (clean_mean != nullptr) {
    ++evaluations_;
    clean = *clean_mean;
  } else {
    clean = mean(denoiser, x, from);
  }
  if (to <= 0) {
    x = std::move(clean);
    return;
  }
  const double kept = to / from, variance = to * (1 - kept);
  switch (setting_.method) {
    case Method::euler_maruyama:
      x += (1 - kept) * (clean - x);
      add_noise(std::sqrt(from - to), noise, x);
      return;
    case Method::bridge:
    case Method::ddpm:
      x = clean + kept * (x - clean);
      add_noise(std::sqrt(variance), noise, x);
      return;
    case Method::bridge_heun: {
      MatrixXd kick = MatrixXd::Zero(x.rows(), x.cols());
      add_noise(std::sqrt(variance), noise, kick);
      const MatrixXd guess = clean + kept * (x - clean) + kick;
      const MatrixXd average = (clean + mean(denoiser, guess, to)) / 2;
      x = average + kept * (x - average) + kick;
      return;
    }
    case Method::ddim: {
      const double eta2 = setting_.eta * setting_.eta;
      x = clean + std::sqrt((to - eta2 * variance) / from) * (x - clean);
      add_noise(setting_.eta * std::sqrt(variance), noise, x);
      return;
    }
    case Method::ode:
    case Method::heun:
      heun_step(from, to, denoiser, clean, x);
      return;
    case Method::pndm:
      multistep(i, denoiser, clean, x);
      return;
  }
}

void Integrator::heun_step(double from, double to, const target::Denoiser& denoiser,
                           const MatrixXd& clean, MatrixXd& x) {
  const double step = std::sqrt(to) - std::sqrt(from);
  const MatrixXd slope = (x - clean) / std::sqrt(from);
  const MatrixXd guess = x + step * slope;
  x += step / 2 * (slope + epsilon(denoiser, guess, to));
}

void Integrator::multistep(std::size_t i, const target::Denoiser& denoiser, const MatrixXd& clean,
                           MatrixXd& x) {
  const double from = grid_.noise[i], to = grid_.noise[i + 1];
  const double step = std::sqrt(to) - std::sqrt(from);
  const MatrixXd first = (x - clean) / std::sqrt(from);
  MatrixXd slope;
  if (i < kStartUp) {
    const double half = grid_.between(static_cast<double>(i) + 0.5);
    const double half_step = std::sqrt(half) - std::sqrt(from);
    const MatrixXd second = epsilon(denoiser, x + half_step * first, half);
    const MatrixXd third = epsilon(denoiser, x + half_step * second, half);
    const MatrixXd fourth = epsilon(denoiser, x + step * third, to);
    slope = (first + 2 * second + 2 * third + fourth) / 6;
  } else {
    slope = (55 * first - 59 * history_[0] + 37 * history_[1] - 9 * history_[2]) / 24;
  }
  x += step * slope;
  history_.insert(history_.begin(), first);
  if (history_.size() > kStartUp) history_.pop_back();
}

void Integrator::run(const target::Denoiser& denoiser, random::Stream& noise, MatrixXd& x) {
  for (std::size_t i = 0; i < grid_.steps(); ++i) step(i, denoiser, noise, x);
}

std::int64_t evaluation_count(const SamplerSetting& setting, const Grid& grid) {
  const auto steps = static_cast<std::int64_t>(grid.steps());
  const std::int64_t inner = grid.noise.back() > 0 ? steps : steps - 1;
  switch (setting.method) {
    case Method::bridge_heun:
    case Method::ode:
    case Method::heun:
      return steps + inner;
    case Method::pndm:
      return steps + 3 * std::min<std::int64_t>(kStartUp, inner);
    default:
      return steps;
  }
}

SamplerSetting sampler_setting(const deck::Parameters& parameters) {
  static const std::pair<const char*, Method> kMethods[] = {
      {"euler_maruyama", Method::euler_maruyama},
      {"bridge", Method::bridge},
      {"bridge_heun", Method::bridge_heun},
      {"ddpm", Method::ddpm},
      {"ddim", Method::ddim},
      {"ode", Method::ode},
      {"heun", Method::heun},
      {"pndm", Method::pndm}};
  SamplerSetting setting;
  for (const auto& [name, method] : kMethods) {
    if (parameters.word("experiment.sampler") == name) setting.method = method;
  }
  setting.eta = parameters.real("experiment.eta");
  setting.churn = parameters.real("experiment.churn");
  setting.churn_noise = parameters.real("experiment.churn_noise");
  return setting;
}

std::vector<deck::Key> sampler_keys() {
  using deck::Key;
  using deck::Kind;
  const std::string section = "experiment";
  return {
      Key{.section = section,
          .name = "sampler",
          .kind = Kind::word,
          .fallback = "bridge",
          .text =
              "reverse SDE by Euler-Maruyama or exact bridges (= ancestral ddpm; bridge_heun: "
              "second order); ddim(eta); probability flow by Heun (ode); EDM's heun with churn; "
              "pndm multistep",
          .choices = {"bridge", "bridge_heun", "euler_maruyama", "ddpm", "ddim", "ode", "heun",
                      "pndm"}},
      Key{.section = section,
          .name = "eta",
          .fallback = "0",
          .text = "ddim: share of ancestral noise, 0 deterministic, 1 ddpm",
          .minimum = 0,
          .maximum = 1},
      Key{.section = section,
          .name = "churn",
          .fallback = "0",
          .text = "heun: S_churn, noise is raised by min(churn/steps, sqrt 2 - 1) before each step",
          .minimum = 0,
          .maximum = 1e6},
      Key{.section = section,
          .name = "churn_noise",
          .fallback = "1",
          .text = "heun: S_noise, amplitude of the noise put back",
          .minimum = 0,
          .maximum = 10},
  };
}

}  // namespace symbreak::diffusion
