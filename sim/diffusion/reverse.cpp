#include "sim/diffusion/reverse.hpp"

#include <cmath>

namespace symbreak::diffusion {

namespace {

Eigen::MatrixXd gaussian(double deviation, random::Stream& noise, const Eigen::MatrixXd& like) {
  Eigen::MatrixXd z(like.rows(), like.cols());
  noise.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
  return deviation * z;
}

}  // namespace

void reverse_step(Sampler sampler, const target::Denoiser& denoiser, double from, double to,
                  const Eigen::MatrixXd& clean_mean, random::Stream& noise, Eigen::MatrixXd& x) {
  switch (sampler) {
    case Sampler::bridge:
    case Sampler::bridge_heun: {
      const double kept = to / from;
      const Eigen::MatrixXd kick = gaussian(std::sqrt(to * (1 - kept)), noise, x);
      const auto bridge = [&](const Eigen::MatrixXd& mean) -> Eigen::MatrixXd {
        return mean + kept * (x - mean) + kick;
      };
      Eigen::MatrixXd next = bridge(clean_mean);
      if (sampler == Sampler::bridge_heun && to > 0) {
        const Eigen::VectorXd betas = Eigen::VectorXd::Constant(x.cols(), 1 / to);
        next = bridge((clean_mean + denoiser.mean(next, betas)) / 2);
      }
      x = std::move(next);
      return;
    }
    case Sampler::euler_maruyama:
      x += (from - to) / from * (clean_mean - x) + gaussian(std::sqrt(from - to), noise, x);
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
