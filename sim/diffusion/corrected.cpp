#include "sim/diffusion/corrected.hpp"

#include <cmath>
#include <span>

namespace symbreak::diffusion {

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

void corrected_step(Method method, const Correction& correction, const target::Denoiser& denoiser,
                    double from, double to, const Eigen::MatrixXd& clean_mean,
                    random::Stream& noise, random::Stream& corrections, Eigen::MatrixXd& x) {
  reverse_step(method, denoiser, from, to, clean_mean, noise, x);
  langevin(denoiser, to, correction.rate * std::log(from / to), correction.step, corrections, x);
}

}  // namespace symbreak::diffusion
