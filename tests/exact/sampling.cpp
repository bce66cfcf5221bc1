// Samplers and time grids against closed forms: Gaussian linear theory, quadrature of two deltas,
// reference values of the literature's tables.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/sampling.hpp"
#include "sim/diffusion/entropy_rate.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/diffusion/state_average.hpp"
#include "sim/experiment/fast_samplers/theory.hpp"
#include "tests/exact/target_build.hpp"
#include "tests/parameters.hpp"

using namespace symbreak;
using diffusion::Method;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

diffusion::Grid grid(const std::vector<std::string>& settings) {
  const deck::Parameters parameters = test::parameters("fast_samplers", settings);
  const diffusion::Forward forward(parameters);
  const auto target = target::build(parameters);
  const auto range = diffusion::noise_range(parameters, forward, target);
  return diffusion::make_grid(parameters, forward, target, range.from, range.to);
}

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

/// Slope of a deterministic linear sampler over the whole grid.
double slope(Method method, const diffusion::Grid& levels, double c2) {
  GaussianDenoiser denoiser;
  denoiser.c2 = c2;
  random::Stream none({.seed = 1});
  MatrixXd x = MatrixXd::Ones(1, 1);
  diffusion::Integrator integrator({.method = method}, levels);
  integrator.run(denoiser, none, x);
  CHECK(integrator.evaluations() == diffusion::evaluation_count({.method = method}, levels));
  return x(0, 0);
}

const std::vector<std::string> kNormal = {"target.kind=gaussian_mixture",
                                          "target.m=0",
                                          "target.std=1",
                                          "target.dimension=1",
                                          "experiment.steps=10",
                                          "experiment.t_start=6400",
                                          "experiment.t_end=4e-6",
                                          "experiment.rate=gaussian",
                                          "experiment.last_step=noisy"};

}  // namespace

TEST_CASE("Ten DDIM steps on Gaussian data: the divergence of each grid is the table's") {
  const struct {
    const char* schedule;
    double divergence;
  } table[] = {{"rescaled_entropic", 0.0137},
               {"edm", 0.0561},
               {"log", 0.0592},
               {"entropic", 0.289},
               {"sqrt", 1.58}};
  for (const auto& [schedule, divergence] : table) {
    auto settings = kNormal;
    settings.push_back(std::string("experiment.schedule=") + schedule);
    const diffusion::Grid levels = grid(settings);
    const double c2 = 1, end = 4e-6;
    const double root = slope(Method::ddim, levels, c2);
    const double measured = theory::gaussian_divergence(root * root * (c2 + 6400) / (c2 + end));
    INFO(schedule << ": KL " << measured << ", table " << divergence);
    CHECK(measured == Approx(divergence).epsilon(0.01));
    CHECK(theory::gaussian_divergence(theory::gaussian_variance(levels.noise, c2, c2 + 6400, 0) /
                                      (c2 + end)) == Approx(measured).epsilon(1e-10));
  }
}

TEST_CASE("Rescaled entropic nodes of Gaussian data are tangents of even angles") {
  auto settings = kNormal;
  settings.push_back("experiment.schedule=rescaled_entropic");
  const diffusion::Grid levels = grid(settings);
  const double first = std::atan(80.0), last = std::atan(0.002);
  for (std::size_t i = 0; i < levels.noise.size(); ++i) {
    const double exact = std::tan(first + (last - first) * static_cast<double>(i) / 10);
    CHECK(std::sqrt(levels.noise[i]) == Approx(exact).epsilon(1e-8));
  }
}

TEST_CASE("Entropic nodes of two deltas") {
  const diffusion::Grid levels =
      grid({"experiment.schedule=entropic", "experiment.steps=5", "experiment.last_step=noisy",
            "experiment.t_start=1e8", "experiment.t_end=1e-3"});
  const double exact[] = {1.7666317, 1.1491376, 0.84425844, 0.62508648};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(std::sqrt(levels.noise[i + 1]) == Approx(exact[i]).epsilon(1e-6));
  }
}

TEST_CASE("Entropy rates by quadrature are those of the binary channel") {
  const deck::Parameters parameters = test::parameters("fast_samplers", {});
  const auto target = target::build(parameters);
  for (double q : {0.01, 0.1, 1.0, 1.508330629, 5.0, 20.0}) {
    CHECK(diffusion::rate_by_quadrature(*target, 1 / q) ==
          Approx(q * theory::binary_mmse(q) / 2).epsilon(1e-8));
    CHECK(diffusion::entropy_by_quadrature(*target, 1 / q) ==
          Approx(theory::binary_entropy(q)).epsilon(1e-8));
  }
  // Independent reference values (another program).
  CHECK(diffusion::rate_by_quadrature(*target, 10) ==
        Approx(0.9086593987951221 / 20).epsilon(1e-8));
  CHECK(diffusion::entropy_by_quadrature(*target, 10) == Approx(0.645497946663229).epsilon(1e-8));
  CHECK(diffusion::entropy_by_quadrature(*target, 0.2) == Approx(0.0344127994660657).epsilon(1e-8));
  // Far from 0 nothing changes: the states are where the data are.
  const auto far = test::make_target(
      "deltas", {{"preset", "custom"}, {"dimension", "1"}, {"points", "9999, 10001"}});
  for (double q : {0.1, 1.0, 5.0}) {
    CHECK(diffusion::rate_by_quadrature(*far, 1 / q) ==
          Approx(q * theory::binary_mmse(q) / 2).epsilon(1e-6));
    const double overlap = diffusion::state_average(
        *far, *far, 1 / q, [](const auto&, const auto&, const target::Averages& posterior) {
          return target::VectorXd((posterior.mean.row(0).transpose().array() - 1e4).square());
        });
    CHECK(overlap == Approx(theory::binary_overlap(q)).epsilon(1e-6));
  }
  CHECK_THROWS_AS(
      diffusion::rate_by_quadrature(*test::make_target("sphere", {{"dimension", "2"}}), 1),
      std::logic_error);
  // The sum rule: all of the entropy is produced.
  const diffusion::EntropyClock clock(
      [&](double s) { return s > 0 ? theory::binary_mmse(1 / s) / (2 * s) : 0; }, 0, 1e-3, 1e9);
  CHECK(clock.total() == Approx(std::log(2.0)).epsilon(1e-8));
  for (double share : {0.01, 0.3, 0.9}) CHECK(clock.share(clock.noise(share)) == Approx(share));
}

TEST_CASE("A measured table of rates gives the nodes of its rate") {
  diffusion::RateTable table;
  for (int i = 0; i <= 2000; ++i) {
    const double s = std::exp(-8 + 0.01 * i);
    table.noise.push_back(s);
    table.rate.push_back(1 / (1 + s) / 2);
  }
  const diffusion::EntropyClock measured(diffusion::tabulated_rate(table), 0.5, 1e-3, 1e3);
  const diffusion::EntropyClock exact(diffusion::gaussian_rate(VectorXd::Ones(1)), 0.5, 1e-3, 1e3);
  for (double share : {0.1, 0.5, 0.9}) {
    CHECK(measured.noise(share) == Approx(exact.noise(share)).epsilon(1e-4));
  }
  CHECK_THROWS(diffusion::tabulated_rate({{1, 2}, {0.1, -1}}));
  CHECK_THROWS(diffusion::tabulated_rate({{1}, {0.1}}));
}

TEST_CASE("Orders of convergence and costs of the deterministic samplers") {
  const double c2 = 2.25;
  const auto error = [&](Method method, const char* steps) {
    const diffusion::Grid levels =
        grid({"target.kind=gaussian_mixture", "target.m=0", "target.dimension=1",
              std::string("experiment.steps=") + steps, "experiment.last_step=noisy",
              "experiment.t_start=100", "experiment.t_end=0.01"});
    // Exact flow: x scales with sqrt(c2 + s).
    return std::abs(slope(method, levels, c2) - std::sqrt((c2 + 0.01) / (c2 + 100)));
  };
  CHECK(error(Method::ddim, "200") / error(Method::ddim, "400") == Approx(2).epsilon(0.1));
  CHECK(error(Method::heun, "200") / error(Method::heun, "400") == Approx(4).epsilon(0.1));
  CHECK(error(Method::ode, "100") == error(Method::heun, "100"));
  // Fourth-order coefficients in the index, but steps in sqrt(s): second order on any grid that is
  // not even in sqrt(s) (Liu et al. 2022 prove second order).
  CHECK(error(Method::pndm, "200") / error(Method::pndm, "400") == Approx(4).epsilon(0.1));
}

TEST_CASE("Occupations after few steps: quadrature, independent quadrature, the printed table") {
  // P(+) = .8, levels of the discrete DDPM chain.
  const struct {
    const char *eta, *start, *index, *steps;
    double printed;
  } table[] = {{"1", "noise", "999", "4", 0.92109},    {"0", "noise", "999", "4", 0.91156},
               {"1", "noise", "800", "5", 0.87304},    {"0", "noise", "800", "5", 0.84200},
               {"1", "gaussian", "200", "3", 0.80998}, {"0", "gaussian", "200", "3", 0.79832},
               {"1", "gaussian", "200", "5", 0.80414}, {"0", "gaussian", "300", "5", 0.80510}};
  for (const auto& row : table) {
    const std::vector<std::string> settings = {"target.p=0.8",
                                               "forward.clock=ddpm",
                                               "experiment.sampler=ddim",
                                               "experiment.schedule=linear_beta",
                                               std::string("experiment.eta=") + row.eta,
                                               std::string("experiment.start=") + row.start,
                                               std::string("experiment.start_index=") + row.index,
                                               std::string("experiment.steps=") + row.steps};
    const deck::Parameters parameters = test::parameters("fast_samplers", settings);
    const auto target = target::build(parameters);
    const diffusion::Forward forward(parameters);
    const diffusion::Grid levels = diffusion::make_grid(parameters, forward, target, 1, 0.1);
    const diffusion::Start start(diffusion::start_kind(parameters), target, forward,
                                 levels.noise.front(), 0, random::Stream({.seed = 1}));
    const auto fractions = experiment::fast_samplers::class_fractions(
        target, diffusion::sampler_setting(parameters), levels, start.mean(), start.variance());
    REQUIRE(fractions);
    // Independently, in the variance-preserving form.
    std::vector<double> abar;
    for (double s : levels.noise) {
      if (s > 0) abar.push_back(1 / (1 + s));
    }
    const bool late = row.start == std::string("gaussian");
    const double a = abar.front();
    const double independent =
        theory::two_deltas_occupation(abar, 0.8, 1, row.eta == std::string("1") ? 1 : 0,
                                      late ? 0.6 * std::sqrt(a) : 0, late ? 1 - 0.36 * a : 1);
    INFO(row.start << " eta " << row.eta << " index " << row.index << " steps " << row.steps << ": "
                   << (*fractions)[0] << ", independent " << independent << ", printed "
                   << row.printed);
    CHECK((*fractions)[0] == Approx(independent).margin(2e-5));
    CHECK((*fractions)[0] == Approx(row.printed).margin(2.5e-4));
  }
}
