// Reverse steps against the exact linear recursion of a Gaussian target: for y ~ N(0, c^2),
// <y> = x c^2/(c^2 + s), every step maps a Gaussian to a Gaussian of known variance.
#include "sim/diffusion/reverse.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/diffusion/schedule.hpp"

using namespace symbreak;
using diffusion::Method;
using Eigen::MatrixXd;

namespace {

struct GaussianDenoiser final : target::Denoiser {
  double c2 = 1;
  Eigen::Index dimension() const override { return 1; }
  MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return (x.array() * c2 / (c2 + 1 / beta[0])).matrix();
  }
  MatrixXd jacobian_product(const target::States&, const target::Betas& beta,
                            const target::States& v) const override {
    return v * c2 / (c2 + 1 / beta[0]);
  }
};

/// Exact variance after one step from variance v.
double variance_map(Method sampler, double v, double from, double to, double c2) {
  const double shrink = c2 / (c2 + from);
  switch (sampler) {
    case Method::bridge: {
      const double slope = shrink + (1 - shrink) * to / from;
      return slope * slope * v + to * (from - to) / from;
    }
    case Method::bridge_heun: {
      const double kept = to / from, end = c2 / (c2 + to);
      const double predictor = shrink + (1 - shrink) * kept;
      const double slope = kept + (1 - kept) * (shrink + end * predictor) / 2;
      const double kick = 1 + (1 - kept) * end / 2;
      return slope * slope * v + kick * kick * to * (1 - kept);
    }
    case Method::euler_maruyama: {
      const double slope = 1 - (from - to) / from * (1 - shrink);
      return slope * slope * v + (from - to);
    }
    default:  // ode
      break;
  }
  const double h = std::sqrt(to) - std::sqrt(from);
  const double a = (1 - shrink) / std::sqrt(from), b = (1 - c2 / (c2 + to)) / std::sqrt(to);
  const double slope = 1 + h / 2 * (a + b * (1 + h * a));
  return slope * slope * v;
}

}  // namespace

TEST_CASE("Reverse steps have the exact variance of their recursion") {
  GaussianDenoiser denoiser;
  denoiser.c2 = 2.25;
  const auto grid = diffusion::spaced_grid("log", 100, 0.01, 12).noise;
  REQUIRE(grid.size() == 13);
  CHECK(grid.front() == 100);
  CHECK(grid.back() == 0.01);
  const Eigen::Index walkers = 200000;
  for (Method sampler :
       {Method::bridge, Method::bridge_heun, Method::euler_maruyama, Method::ode}) {
    random::Stream stream({.seed = 7, .replica = static_cast<std::uint32_t>(sampler)});
    MatrixXd x(1, walkers);
    stream.normals(std::span<double>(x.data(), static_cast<std::size_t>(walkers)));
    x *= std::sqrt(100 + denoiser.c2);
    double exact = 100 + denoiser.c2;
    for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
      const MatrixXd mean = denoiser.mean(x, Eigen::VectorXd::Constant(walkers, 1 / grid[i]));
      diffusion::reverse_step(sampler, denoiser, grid[i], grid[i + 1], mean, stream, x);
      exact = variance_map(sampler, exact, grid[i], grid[i + 1], denoiser.c2);
    }
    const double variance = x.squaredNorm() / static_cast<double>(walkers);
    const double error = exact * std::sqrt(2.0 / static_cast<double>(walkers));
    INFO("sampler " << static_cast<int>(sampler) << ": variance " << variance << ", exact " << exact
                    << " +- " << error);
    CHECK(std::abs(variance - exact) < 4 * error);  // false alarm 6e-5 each
    // A wrong factor of two in the noise or the drift is far outside.
    CHECK(std::abs(variance - exact) < 0.05 * exact);
  }
}

TEST_CASE("Heun's bridge converges with the square of the step, the plain one with the step") {
  // Deterministic: the exact variance recursion against the exact law, Var = c^2 + s.
  const auto error = [](Method sampler, Eigen::Index steps) {
    const double c2 = 2.25;
    const auto grid = diffusion::spaced_grid("log", 100, 0.01, steps).noise;
    double variance = 100 + c2;
    for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
      variance = variance_map(sampler, variance, grid[i], grid[i + 1], c2);
    }
    return std::abs(variance - c2 - 0.01);
  };
  CHECK(error(Method::bridge, 400) / error(Method::bridge, 800) == Approx(2).epsilon(0.1));
  CHECK(error(Method::bridge_heun, 400) / error(Method::bridge_heun, 800) ==
        Approx(4).epsilon(0.1));
}

TEST_CASE("The bridge is exact in one step for a constant clean mean") {
  // A single datum: <y> = 1.5 always, so x' ~ N(1.5, s').
  struct Constant final : target::Denoiser {
    Eigen::Index dimension() const override { return 1; }
    MatrixXd mean(const target::States& x, const target::Betas&) const override {
      return MatrixXd::Constant(1, x.cols(), 1.5);
    }
    MatrixXd jacobian_product(const target::States&, const target::Betas&,
                              const target::States& v) const override {
      return 0 * v;
    }
  } datum;
  const Eigen::Index walkers = 100000;
  random::Stream stream({.seed = 8});
  MatrixXd x(1, walkers);
  stream.normals(std::span<double>(x.data(), static_cast<std::size_t>(walkers)));
  x = (x * 2).array() + 1.5;  // s = 4
  diffusion::reverse_step(Method::bridge, datum, 4, 0.5,
                          datum.mean(x, Eigen::VectorXd::Constant(walkers, 0.25)), stream, x);
  const double mean = x.mean();
  const double variance = (x.array() - mean).square().mean();
  CHECK(std::abs(mean - 1.5) < 4 * std::sqrt(0.5 / static_cast<double>(walkers)));
  CHECK(std::abs(variance - 0.5) < 4 * 0.5 * std::sqrt(2.0 / static_cast<double>(walkers)));
}
