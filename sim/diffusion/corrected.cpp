#include "sim/diffusion/corrected.hpp"

#include <cmath>
#include <span>

namespace symbreak::diffusion {

LatticeSampler lattice_sampler(const std::string& name) {
  return name == "bridge"        ? LatticeSampler::bridge
         : name == "bridge_heun" ? LatticeSampler::bridge_heun
         : name == "ddim"        ? LatticeSampler::ddim
                                 : LatticeSampler::ode;
}

void langevin(const target::Denoiser& denoiser, double noise, double tau, double step,
              random::Stream& stream, Eigen::MatrixXd& x) {
  if (tau <= 0) return;
  const auto steps = static_cast<Eigen::Index>(std::ceil(tau / step - 1e-9));
  const double delta = tau / static_cast<double>(steps), kept = std::exp(-delta);
  const double kick = std::sqrt(-noise * std::expm1(-2 * delta));
  const Eigen::VectorXd betas = Eigen::VectorXd::Constant(x.cols(), 1 / noise);
  Eigen::MatrixXd z(x.rows(), x.cols());
  for (Eigen::Index i = 0; i < steps; ++i) {
    stream.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
    x = kept * x + (1 - kept) * denoiser.mean(x, betas) + kick * z;
  }
}

void lattice_step(LatticeSampler sampler, const Correction& correction,
                  const target::Denoiser& denoiser, double from, double to,
                  const Eigen::MatrixXd& clean_mean, random::Stream& noise,
                  random::Stream& corrections, Eigen::MatrixXd& x) {
  if (sampler == LatticeSampler::ddim) {
    x = clean_mean + std::sqrt(to / from) * (x - clean_mean);
  } else {
    const Sampler same = sampler == LatticeSampler::ode           ? Sampler::ode
                         : sampler == LatticeSampler::bridge_heun ? Sampler::bridge_heun
                                                                  : Sampler::bridge;
    reverse_step(same, denoiser, from, to, clean_mean, noise, x);
  }
  langevin(denoiser, to, correction.rate * std::log(from / to), correction.step, corrections, x);
}

std::vector<double> lattice_grid(const std::string& spacing, double start, double end,
                                 double cosine_start, Eigen::Index steps) {
  if (spacing != "cosine") return noise_grid(start, end, steps, spacing);
  std::vector<double> grid;
  for (Eigen::Index j = 0; j < steps; ++j) {
    const double u = cosine_start * (1 - static_cast<double>(j) / static_cast<double>(steps));
    grid.push_back(std::pow(std::tan(M_PI * u / 2), 2));
  }
  return grid;
}

}  // namespace symbreak::diffusion
