// The reverse process's own transition on classes of unequal variance: exact in three steps, where the
// plain bridge is not. Fixed seed; means within 4 standard errors.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "sim/diffusion/posterior_transition.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/random/draws.hpp"
#include "tests/parameters.hpp"
#include "tests/run.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index kDimension = 64, kStates = 20000;
const std::vector<double> kLevels = {30, 3, 0.3, 0.003};

std::shared_ptr<const target::Target> concentric() {
  return target::build(test::parameters(
      "speciation", {"target.kind=gaussian_mixture", "target.m=0", "target.dimension=64",
                     "target.class_std=1,1.5", "target.weights=3,1", "experiment.t=1"}));
}

MatrixXd noised(const target::Target& target) {
  random::Stream clean({.seed = 3, .purpose = random::Purpose::planted});
  random::Stream noise({.seed = 3, .purpose = random::Purpose::noise});
  MatrixXd y(kDimension, kStates);
  target.sample(clean, y);
  return y + std::sqrt(kLevels.front()) * random::normals(noise, kDimension, kStates);
}

/// Standard errors by which the share of the first class and the mean of |x|^2/d are off.
std::pair<double, double> off(const target::Target& target, const MatrixXd& x) {
  double narrow = 0;
  for (const Index c : target.classify(x)) narrow += (c == 0 ? 1.0 : 0.0) / kStates;
  const VectorXd squares = x.colwise().squaredNorm().transpose() / double{kDimension};
  const double mean = squares.mean();
  const double error =
      std::sqrt((squares.array() - mean).square().sum() / (double{kStates} * (kStates - 1)));
  const double exact = .75 * 1 + .25 * 2.25 + kLevels.back();
  UNSCOPED_INFO(fmt::format("share {} of .75, |x|^2/d {} of {}", narrow, mean, exact));
  return {(narrow - .75) / std::sqrt(.75 * .25 / kStates), (mean - exact) / error};
}

}  // namespace

TEST_CASE("Three exact transitions give the shares and the variance of concentric classes") {
  const auto target = concentric();
  MatrixXd x = noised(*target);
  random::Stream stream({.seed = 3, .purpose = random::Purpose::dynamics});
  for (std::size_t i = 0; i + 1 < kLevels.size(); ++i) {
    diffusion::posterior_transition(*target, kLevels[i], kLevels[i + 1], stream, x);
  }
  const auto [share, variance] = off(*target, x);
  CHECK(std::abs(share) < 4);
  CHECK(std::abs(variance) < 4);
}

TEST_CASE("Three steps of the plain bridge give neither") {
  const auto target = concentric();
  MatrixXd x = noised(*target);
  random::Stream stream({.seed = 3, .purpose = random::Purpose::dynamics});
  for (std::size_t i = 0; i + 1 < kLevels.size(); ++i) {
    const VectorXd betas = VectorXd::Constant(kStates, 1 / kLevels[i]);
    diffusion::reverse_step(diffusion::Method::bridge, *target, kLevels[i], kLevels[i + 1],
                            target->mean(x, betas), stream, x);
  }
  const auto [share, variance] = off(*target, x);
  CHECK(std::abs(share) > 10);
  CHECK(std::abs(variance) > 10);
}

TEST_CASE("A transition to no noise at all ends on the data") {
  const auto points =
      target::build(test::parameters("speciation", {"target.kind=deltas", "experiment.t=1"}));
  random::Stream stream({.seed = 4, .purpose = random::Purpose::dynamics});
  MatrixXd x = MatrixXd::Constant(points->dimension(), 200, 0.3);
  diffusion::posterior_transition(*points, 1, 0, stream, x);
  CHECK((x.array().abs() - 1).abs().maxCoeff() == 0);
  // P(+) = (1 + tanh .3)/2.
  const double plus = (x.row(0).array() > 0).cast<double>().mean(), exact = (1 + std::tanh(.3)) / 2;
  CHECK(std::abs(plus - exact) < 4 * std::sqrt(exact * (1 - exact) / 200));
}

TEST_CASE("Clones of concentric classes by few exact transitions follow the exact curve") {
  const std::vector<std::string> settings = {"target.kind=gaussian_mixture",
                                             "target.m=0",
                                             "target.dimension=256",
                                             "target.class_std=1,1.5",
                                             "experiment.t=1",
                                             "forward.clock=ornstein_uhlenbeck",
                                             "experiment.sampler=transition",
                                             "experiment.steps=2",
                                             "sampling.walkers=500",
                                             "sampling.blocks=4",
                                             "sampling.replicas=4"};
  const auto run = test::run("speciation", settings, {.seed = 8});
  CHECK(run.prediction("clone_probability") == Approx(.736835992).epsilon(0).margin(1e-8));
  CHECK(run.prediction("speciation_time_clone") == Approx(.932580872).epsilon(0).margin(1e-8));
  CHECK(run.prediction("speciation_time_signal") == Approx(.931735).epsilon(0).margin(1e-6));
  CHECK(std::abs(run.deviation("clone_probability", .736835992)) < 4);
  CHECK(std::abs(run.deviation("clone_identity", 0)) < 4);
}
