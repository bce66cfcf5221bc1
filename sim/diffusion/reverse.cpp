#include "sim/diffusion/reverse.hpp"

#include <cmath>

namespace symbreak::diffusion {

namespace {

void add_noise(double deviation, random::Stream& noise, Eigen::MatrixXd& x) {
  Eigen::MatrixXd z(x.rows(), x.cols());
  noise.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
  x += deviation * z;
}

}  // namespace

void reverse_step(Sampler sampler, const target::Denoiser& denoiser, double from, double to,
                  const Eigen::MatrixXd& clean_mean, random::Stream& noise, Eigen::MatrixXd& x) {
  switch (sampler) {
    case Sampler::bridge:
      x = clean_mean + (to / from) * (x - clean_mean);
      add_noise(std::sqrt(to * (from - to) / from), noise, x);
      return;
    case Sampler::euler_maruyama:
      x += (from - to) / from * (clean_mean - x);
      add_noise(std::sqrt(from - to), noise, x);
      return;
    case Sampler::ode:
      break;
  }
  if (to <= 0) {
    x = clean_mean;
    return;
  }
  const double sigma = std::sqrt(from), sigma_to = std::sqrt(to);
  const Eigen::MatrixXd slope = (x - clean_mean) / sigma;
  const Eigen::MatrixXd guess = x + (sigma_to - sigma) * slope;
  const Eigen::MatrixXd mean = denoiser.mean(guess, Eigen::VectorXd::Constant(x.cols(), 1 / to));
  x += (sigma_to - sigma) / 2 * (slope + (guess - mean) / sigma_to);
}

std::vector<double> noise_grid(double start, double end, Eigen::Index steps,
                               const std::string& spacing) {
  std::vector<double> grid;
  for (Eigen::Index i = 0; i <= steps; ++i) {
    const double u = static_cast<double>(i) / static_cast<double>(steps);
    const double root = std::sqrt(start) + u * (std::sqrt(end) - std::sqrt(start));
    grid.push_back(spacing == "log" ? start * std::pow(end / start, u) : root * root);
  }
  grid.front() = start;
  grid.back() = end;
  return grid;
}

}  // namespace symbreak::diffusion
