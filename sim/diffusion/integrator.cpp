#include "sim/diffusion/integrator.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::diffusion {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kStartUp = 3;  ///< Runge-Kutta steps of pndm

/// sqrt(s) of heun before a step, churn included.
double raised(const SamplerSetting& setting, const Grid& grid, double noise) {
  const double gamma =
      std::min(setting.churn / static_cast<double>(grid.steps()), std::sqrt(2.0) - 1);
  return std::sqrt(noise) * (1 + gamma);
}

}  // namespace

double churned(const SamplerSetting& setting, const Grid& grid, double noise) {
  const double sigma = raised(setting, grid, noise);
  return sigma * sigma;
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
    const double sigma = raised(setting_, grid_, from);
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
  if (setting_.method == Method::pndm && to > 0) {
    multistep(i, denoiser, clean, x);
    return;
  }
  reverse_step(setting_, denoiser, from, to, clean, noise, x);
  if (to > 0) evaluations_ += stages(setting_.method) - 1;
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

MatrixXd Integrator::run(const target::Denoiser& denoiser, random::Stream& noise, MatrixXd& x) {
  MatrixXd last;
  for (std::size_t i = 0; i < grid_.steps(); ++i) {
    if (grid_.noise[i + 1] == 0) last = x;
    step(i, denoiser, noise, x);
  }
  return last.size() > 0 ? last : x;
}

std::int64_t evaluation_count(const SamplerSetting& setting, const Grid& grid) {
  const auto steps = static_cast<std::int64_t>(grid.steps());
  const std::int64_t inner = grid.noise.back() > 0 ? steps : steps - 1;
  if (setting.method == Method::pndm) {
    return steps + 3 * std::min<std::int64_t>(kStartUp, inner);
  }
  return steps + (stages(setting.method) - 1) * inner;
}

}  // namespace symbreak::diffusion
