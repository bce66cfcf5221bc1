// Stochastic samplers against the exact linear recursion of a Gaussian target, and starts against
// their moments. Fixed seeds; tolerance 4 standard errors, false alarm 6e-5 each.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/sampling.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "tests/parameters.hpp"

using namespace symbreak;
using diffusion::Method;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

struct GaussianDenoiser final : target::Denoiser {
  double c2 = 2.25;
  Eigen::Index dimension() const override { return 1; }
  MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return (x.array() * c2 / (c2 + 1 / beta[0])).matrix();
  }
  MatrixXd jacobian_product(const target::States&, const target::Betas& beta,
                            const target::States& v) const override {
    return v * c2 / (c2 + 1 / beta[0]);
  }
};

diffusion::Grid levels() {
  diffusion::Grid grid;
  grid.noise = {100, 20, 4, 1, 0.3, 0.05, 0};
  grid.between = [noise = grid.noise](double u) {
    const auto i = static_cast<std::size_t>(u);
    return std::sqrt(noise[i] * noise[i + 1]);
  };
  return grid;
}

/// Variance after a run from variance c2 + s_0, over 200000 walkers.
double simulated(const diffusion::SamplerSetting& setting, std::uint32_t replica) {
  const GaussianDenoiser denoiser;
  const diffusion::Grid grid = levels();
  random::Stream stream({.seed = 61, .replica = replica});
  MatrixXd x(1, 200000);
  stream.normals(std::span<double>(x.data(), static_cast<std::size_t>(x.size())));
  x *= std::sqrt(denoiser.c2 + grid.noise.front());
  diffusion::Integrator(setting, grid).run(denoiser, stream, x);
  return x.squaredNorm() / static_cast<double>(x.size());
}

void check(double measured, double exact) {
  const double error = exact * std::sqrt(2.0 / 200000);
  INFO("variance " << measured << ", exact " << exact << " +- " << error << ", "
                   << (measured - exact) / error << " sigma");
  CHECK(std::abs(measured - exact) < 4 * error);
  // What a wrong factor would do is outside: eta = .9 for 1, say, is 30 sigma.
}

}  // namespace

TEST_CASE("DDIM, DDPM, bridge and Euler-Maruyama have the exact variance on Gaussian data") {
  const std::vector<double> grid = levels().noise;
  for (double eta : {0.0, 0.5, 1.0}) {
    check(simulated({.method = Method::ddim, .eta = eta}, static_cast<std::uint32_t>(10 * eta)),
          theory::gaussian_variance(grid, 2.25, 102.25, eta));
  }
  check(simulated({.method = Method::ddpm}, 20), theory::gaussian_variance(grid, 2.25, 102.25, 1));
  check(simulated({.method = Method::bridge}, 21),
        theory::gaussian_variance(grid, 2.25, 102.25, 1));
  check(simulated({.method = Method::euler_maruyama}, 22),
        theory::gaussian_variance_euler_maruyama(grid, 2.25, 102.25));
  // The twin that is wrong on purpose: half the ancestral noise is not DDPM.
  const double wrong = simulated({.method = Method::ddim, .eta = 0.9}, 23);
  const double exact = theory::gaussian_variance(grid, 2.25, 102.25, 1);
  CHECK(std::abs(wrong - exact) > 4 * exact * std::sqrt(2.0 / 200000));
}

TEST_CASE("Churned Heun steps have the exact variance of their recursion") {
  const double c2 = 2.25, churn = 1.5;
  const std::vector<double> grid = levels().noise;
  double v = c2 + grid.front();
  for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
    const double gamma = std::min(churn / 6, std::sqrt(2.0) - 1);
    const double s = grid[i] * (1 + gamma) * (1 + gamma), to = grid[i + 1];
    v += s - grid[i];
    double slope = c2 / (c2 + s);
    if (to > 0) {
      const double h = std::sqrt(to) - std::sqrt(s);
      const double a = std::sqrt(s) / (c2 + s), b = std::sqrt(to) / (c2 + to);
      slope = 1 + h / 2 * (a + b * (1 + h * a));
    }
    v *= slope * slope;
  }
  check(simulated({.method = Method::heun, .churn = churn}, 30), v);
}

TEST_CASE("Starts have the moments they promise") {
  const deck::Parameters parameters = test::parameters(
      "fast_samplers",
      {"target.preset=custom", "target.dimension=2", "target.points=1,0, -0.5,2, 0.3,-1",
       "target.weights=1,2,0.5", "forward.clock=ornstein_uhlenbeck"});
  const auto target = target::build(parameters);
  const diffusion::Forward forward(parameters);
  const double s = 0.7;
  const Eigen::Index count = 100000;
  const double n = static_cast<double>(count);
  const VectorXd mean = target->mean_of_target();
  const MatrixXd covariance = *target->covariance() + s * MatrixXd::Identity(2, 2);
  using diffusion::StartKind;
  for (StartKind kind :
       {StartKind::planted, StartKind::noise, StartKind::gaussian, StartKind::gaussian_estimated}) {
    const diffusion::Start start(kind, target, forward, s, 40000, random::Stream({.seed = 3}));
    random::Stream stream({.seed = 4, .replica = static_cast<std::uint32_t>(kind)});
    MatrixXd x(2, count);
    start.draw(stream, x);
    const bool pure = kind == StartKind::noise;
    const VectorXd mu = pure ? VectorXd::Zero(2) : mean;
    const MatrixXd exact = pure ? MatrixXd((1 + s) * MatrixXd::Identity(2, 2)) : covariance;
    const VectorXd found = x.rowwise().mean();
    x.colwise() -= found;
    const MatrixXd spread = x * x.transpose() / n;
    // The estimate behind gaussian_estimated has its own error, of 40000 samples.
    const double own = kind == StartKind::gaussian_estimated ? 1 + n / 40000 : 1;
    INFO("start " << static_cast<int>(kind) << "\nmean " << found.transpose() << "\n" << spread);
    for (int i = 0; i < 2; ++i) {
      CHECK(std::abs(found[i] - mu[i]) < 4.5 * std::sqrt(own * exact(i, i) / n));
      for (int j = 0; j < 2; ++j) {
        const double error =
            std::sqrt(own * (exact(i, i) * exact(j, j) + exact(i, j) * exact(i, j)) / n);
        CHECK(std::abs(spread(i, j) - exact(i, j)) < 4.5 * error);
      }
    }
  }
}
