// Fused runs of two Gaussian classes, clones, U-turns, entropy rates and pushes against exact
// results. Fixed seeds, 4 standard errors (false alarm 6e-5 each) unless stated.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/estimate.hpp"
#include "analysis/theory/information.hpp"
#include "sim/diffusion/entropy_rate.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/mixture_run.hpp"
#include "sim/diffusion/rate_source.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/target/two_classes.hpp"
#include "tests/run.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

using test::Run;

Run run(const std::string& kind, const std::vector<std::string>& settings) {
  return test::run(kind, settings, {.seed = 17, .point = 5, .disorder_point = 5}, true);
}

}  // namespace

TEST_CASE("A fused run is the bridge of the integrator, number for number") {
  const deck::Parameters parameters = test::parameters(
      "fast_samplers", {"target.kind=gaussian_mixture", "target.dimension=5", "target.m=0.7",
                        "target.std=0.6", "target.weights=0.7, 0.3"});
  const auto target = target::build(parameters);
  diffusion::Grid grid;
  grid.noise = {30, 8, 2, 0.5, 0.1, 0};
  const diffusion::MixtureRun fused(*target::two_classes(*target), grid.noise);
  MatrixXd x = MatrixXd::Constant(5, 1, 0.3), y = x;
  x(2) = y(2) = -4;
  random::Stream a({.seed = 3}), b({.seed = 3});
  fused.run(a, x);
  diffusion::Integrator({.method = diffusion::Method::bridge}, grid).run(*target, b, y);
  CHECK((x - y).norm() < 1e-12);
  // In single precision the same path to rounding.
  std::vector<float> z(5, 0.3F);
  z[2] = -4;
  random::Stream c({.seed = 3});
  fused.run(c, std::span<float>(z));
  for (Index i = 0; i < 5; ++i) CHECK(z[static_cast<std::size_t>(i)] == Approx(y(i)).margin(1e-5));
}

TEST_CASE("Clones of two Gaussian classes agree with probability phi(G)") {
  const Run clones =
      run("speciation", {"target.kind=gaussian_mixture", "target.dimension=64", "target.m=1",
                         "forward.clock=ornstein_uhlenbeck", "experiment.t=2.1",
                         "experiment.sampler=transition", "experiment.steps=20",
                         "sampling.walkers=256", "sampling.blocks=8", "sampling.replicas=4"});
  const double exact = theory::clone_probability(64 / std::exp(4.2));
  CHECK(clones.prediction("clone_probability") == Approx(exact).epsilon(1e-10));
  CHECK(std::abs(clones.deviation("clone_probability", exact)) < 4);
  CHECK(std::abs(clones.deviation("clone_probability_exact", exact)) < 4);
  CHECK(std::abs(clones.deviation("clone_identity", 0)) < 4);
  // The twin that is wrong on purpose: phi without its factor 1/(variance + s).
  CHECK(std::abs(clones.deviation("clone_probability",
                                  theory::clone_probability(64 / std::expm1(4.2)))) <
        std::abs(clones.deviation("clone_probability",
                                  theory::clone_probability(1.5 * 64 / std::exp(4.2)))));
  CHECK(std::abs(clones.deviation("clone_probability",
                                  theory::clone_probability(1.5 * 64 / std::exp(4.2)))) > 4);
  CHECK(theory::clone_probability(0.7, 0.0) ==
        Approx(theory::clone_probability(0.7)).epsilon(1e-9));
}

TEST_CASE("U-turns of deltas: overlaps, classes and returns are those of the posterior") {
  const Run turns =
      run("u_turn", {"target.preset=four_deltas", "experiment.t=0.5", "experiment.steps=400",
                     "sampling.walkers=256", "sampling.blocks=8", "sampling.replicas=4"});
  for (const char* name : {"overlap_identity", "class_identity", "return_identity"}) {
    CHECK(std::abs(turns.deviation(name, 0)) < 4);
  }
  // Where the turn is late nothing is lost: the identity is not trivially 0 = 0.
  CHECK(turns.estimates.at("returned").mean[0] > 0.3);
  CHECK(turns.estimates.at("returned").mean[0] < 0.9);
}

TEST_CASE("U-turns that end where noise does not tell the data apart") {
  // Thirty data on a line, a tenth apart, and a last noise of that width. Counting those that end
  // within a thousandth of their datum missed five returns of six (38 errors).
  const Run turns =
      run("u_turn", {"target.kind=synthetic_dataset", "target.dimension=1", "target.n=30",
                     "experiment.t=1", "experiment.t_end=0.01", "experiment.steps=100",
                     "sampling.walkers=256", "sampling.blocks=8", "sampling.replicas=4"});
  CHECK(std::abs(turns.deviation("return_identity", 0)) < 4);
  CHECK(std::abs(turns.deviation("return_identity", -0.02)) > 6);
}

TEST_CASE("Clones of close data end in one of them by chance") {
  // Three data that the last noise does not tell apart, and one: taking the datum nearest to the
  // mean, always the middle one, made clones agree too often (48 errors).
  const Run clones = run(
      "condensation", {"target.preset=custom", "target.dimension=1",
                       "target.points=0, 0.005, 0.01, 1", "experiment.t=0.1",
                       "experiment.clones=reverse", "sampling.walkers=256", "sampling.blocks=16"});
  for (const char* name : {"clone_identity", "return_identity"}) {
    CHECK(std::abs(clones.deviation(name, 0)) < 4);
  }
  CHECK(std::abs(clones.deviation("clone_identity", 0.1)) > 6);
}

// 16 free spins are 16 two-delta models. 1024 forward samples know <y>^2 to .3/sqrt(16 x 1024) =
// .0024 of its total; the table interpolates linearly in ln s. 4 errors: false alarm 6e-5 a level.
TEST_CASE("The measured entropy rate of free spins is that of as many pairs of deltas") {
  const auto parameters =
      test::parameters("fast_samplers", {"target.kind=curie_weiss", "target.dimension=16",
                                         "target.coupling=0", "experiment.steps=8"});
  const auto spins = target::build(parameters);
  const auto deltas = target::build(test::parameters("fast_samplers", {"experiment.steps=8"}));
  const diffusion::Rate rate = diffusion::deck_rate(parameters, spins, false, 0.05, 20);
  for (double s : {0.5, 0.66, 1.0, 3.0, 10.0}) {
    const double exact = 16 * diffusion::rate_by_quadrature(*deltas, s);
    INFO(fmt::format("s = {}: {} measured, {} exact", s, rate(s), exact));
    CHECK(std::abs(rate(s) - exact) < 4 * 0.0024 * 16 / (2 * s) + 0.01 * exact);
    CHECK(std::abs(rate(s) / 2 - exact) > 4 * 0.0024 * 16 / (2 * s) + 0.01 * exact);
  }
}

TEST_CASE("Entropy rates agree by all three estimators, and with quadrature") {
  const Run clock =
      run("entropy_clock", {"experiment.records=9", "experiment.t_start=20", "experiment.t_end=0.2",
                            "sampling.walkers=2048", "sampling.blocks=8", "sampling.replicas=4"});
  for (Index i = 0; i < 9; ++i) {
    const double q = 1 / clock.fact("noise").at(static_cast<std::size_t>(i));
    const double exact = q * theory::binary_mmse(q) / 2;
    for (const char* name : {"entropy_rate_mmse", "entropy_rate_score", "entropy_rate_trace"}) {
      CHECK(std::abs(clock.deviation(name, exact, i)) < 4.5);
    }
    CHECK(std::abs(clock.deviation("information", theory::binary_information(q), i)) < 4.5);
    CHECK(std::abs(clock.deviation(
              "information_square",
              theory::binary_dispersion(q) + std::pow(theory::binary_information(q), 2), i)) < 4.5);
  }
  // 3 % off is seen.
  const double q = 1 / clock.fact("noise").at(6);
  CHECK(std::abs(clock.deviation("entropy_rate_trace", 1.05 * q * theory::binary_mmse(q) / 2, 6)) >
        4);
}

// Two groups of chains on the 4 x 4 Ising torus. What is produced between the first and the last
// level is all of the data's entropy (3.0623248, 7.8566621 nats: exact enumeration) but a tail tr C/2s.
TEST_CASE("A sampled posterior produces the entropy of its data") {
  const double T = GENERATE(2.0, 3.0), entropy = T < 2.5 ? 3.062324808512 : 7.856662111823;
  const std::vector<std::string> settings = {"target.kind=ising_lattice",
                                             "target.side=4",
                                             fmt::format("target.temperature={}", T),
                                             "target.posterior=monte_carlo",
                                             "experiment.records=31",
                                             "experiment.t_start=4000",
                                             "experiment.t_end=0.02",
                                             "sampling.walkers=128",
                                             "sampling.blocks=4",
                                             "sampling.replicas=4"};
  const Run clock = run("entropy_clock", settings);
  const double tail = 16 / (2 * 4000.0);
  INFO(fmt::format("T = {}: {:.4f} +- {:.4f}, exact {:.4f}", T,
                   clock.estimates.at("entropy_produced").mean[0],
                   clock.estimates.at("entropy_produced").error[0], entropy - tail));
  CHECK(std::abs(clock.deviation("entropy_produced", entropy - tail)) < 4);
  CHECK(std::abs(clock.deviation("entropy_produced", 1.1 * entropy)) > 4);
  // mmse and score norm are unbiased in the same groups.
  double chi2 = 0;
  for (Index i = 0; i < 31; ++i)
    chi2 += std::pow(clock.deviation("entropy_rate_gap_score", 0, i), 2);
  CHECK(chi2 < 31 + 4 * std::sqrt(62.0));
}

TEST_CASE("Pushes change the outcome by linear response") {
  for (const char* form : {"field", "cfg"}) {
    const Run pushes =
        run("guidance",
            {std::string("experiment.form=") + form, "experiment.t=0.66", "experiment.strength=0.3",
             "experiment.steps=100", "experiment.t_start=50", "experiment.t_end=0.01",
             "sampling.walkers=2048", "sampling.blocks=8", "sampling.replicas=2"});
    const double exact = pushes.prediction("response");
    INFO(form);
    CHECK(std::abs(pushes.deviation("committor_response", exact)) < 4);
    CHECK(std::abs(pushes.deviation("class_response", exact)) < 4);
    CHECK(std::abs(pushes.deviation("committor_response", 1.3 * exact)) > 4);
  }
}

TEST_CASE("Late starts: divergence and committor") {
  const Run late =
      run("late_start", {"target.p=0.5", "experiment.t_start=0.5", "experiment.steps=60",
                         "experiment.t_end=0.002", "sampling.walkers=2048", "sampling.blocks=8",
                         "sampling.replicas=2"});
  const double exact = theory::late_start_divergence(2);
  CHECK(late.prediction("divergence") == Approx(exact).epsilon(1e-8));
  CHECK(std::abs(late.deviation("divergence", exact)) < 4);
  CHECK(std::abs(late.deviation("occupation_gap", 0)) < 4);
}
