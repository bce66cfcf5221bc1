// One step of every sampler, number for number: the noise is that of the stream, so that a per cent
// in a kick or a drift shows, which sampling sees only with 10^5 walkers.
#include "sim/diffusion/reverse.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/random/draws.hpp"

using namespace symbreak;

namespace {

/// <y> = x c^2/(c^2 + s).
struct LinearDenoiser final : target::Denoiser {
  static constexpr double c2 = 2.25;
  Eigen::Index dimension() const override { return 3; }
  Eigen::MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return x * (c2 / (c2 + 1 / beta[0]));
  }
  Eigen::MatrixXd jacobian_product(const target::States&, const target::Betas& beta,
                                   const target::States& v) const override {
    return v * (c2 / (c2 + 1 / beta[0]));
  }
};

}  // namespace

TEST_CASE("One step of every sampler is its formula, with the noise of the stream") {
  using diffusion::Method;
  const LinearDenoiser denoiser;
  const double from = 3, to = 0.5, kept = to / from, v = to * (from - to) / from, eta = 0.6;
  const random::Address address{.seed = 9};
  random::Stream start({.seed = 10});
  const Eigen::MatrixXd x = random::normals(start, 3, 4);
  const auto clean = [&](const Eigen::MatrixXd& at, double s) {
    return denoiser.mean(at, Eigen::VectorXd::Constant(at.cols(), 1 / s));
  };
  random::Stream same(address);
  const Eigen::MatrixXd z = random::normals(same, 3, 4), y = clean(x, from);
  const auto check = [&](const diffusion::SamplerSetting& setting, const Eigen::MatrixXd& exact) {
    INFO(static_cast<int>(setting.method) << ' ' << setting.rounded_kick);
    random::Stream noise(address);
    Eigen::MatrixXd moved = x;
    diffusion::reverse_step(setting, denoiser, from, to, y, noise, moved);
    CHECK((moved - exact).cwiseAbs().maxCoeff() < 1e-13);
  };
  const Eigen::MatrixXd bridge = y + kept * (x - y) + std::sqrt(v) * z;
  const Eigen::MatrixXd euler = x + (from - to) * (y - x) / from + std::sqrt(from - to) * z;
  for (const bool rounded : {false, true}) {
    check({.method = Method::bridge, .rounded_kick = rounded}, bridge);
    check({.method = Method::ddpm, .rounded_kick = rounded}, bridge);
    check({.method = Method::euler_maruyama, .rounded_kick = rounded}, euler);
  }
  const Eigen::MatrixXd average = (y + clean(bridge, to)) / 2;
  check({.method = Method::bridge_heun}, average + kept * (x - average) + std::sqrt(v) * z);
  check({.method = Method::ddim, .eta = eta},
        y + std::sqrt((to - eta * eta * v) / from) * (x - y) + eta * std::sqrt(v) * z);
  const double h = std::sqrt(to) - std::sqrt(from);
  const Eigen::MatrixXd slope = (x - y) / std::sqrt(from), guess = x + h * slope;
  check({.method = Method::ode}, x + h / 2 * (slope + (guess - clean(guess, to)) / std::sqrt(to)));
}
