// Reverse trajectories of known targets: branches, overlaps and end points come out right, and a
// wrong score is noticed. Fixed seeds; each check fails by chance with probability below 1e-4.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "analysis/statistics/estimate.hpp"
#include "analysis/theory/information.hpp"
#include "sim/measure/experiment.hpp"
#include "tests/contract.hpp"
#include "tests/run.hpp"

using namespace symbreak;

namespace {

test::Run run(const std::vector<std::string>& settings) {
  return test::run("generation", settings, {.seed = 11, .point = 5});
}

double deviation(const statistics::Estimate& estimate, Eigen::Index element, double exact) {
  const double z = (estimate.mean[element] - exact) / estimate.error[element];
  UNSCOPED_INFO(fmt::format("measured {} +- {}, exact {}, {:.2f} sigma", estimate.mean[element],
                            estimate.error[element], exact, z));
  return z;
}

}  // namespace

TEST_CASE("Generated two deltas: overlap is 1 - mmse and branches have their weights") {
  for (const char* sampler : {"bridge", "euler_maruyama"}) {
    const test::Run two = run({"target.kind=deltas", "target.preset=two_deltas",
                               fmt::format("experiment.sampler={}", sampler),
                               "experiment.steps=800", "experiment.records=9",
                               "sampling.walkers=512", "sampling.replicas=8", "sampling.blocks=4"});
    INFO(sampler);
    Eigen::Index record = 0;
    for (const double noise : two.fact("noise")) {
      const double exact = theory::binary_overlap(1 / noise);
      // Two time grids end points have overlap 0 or 1 to rounding, without a spread.
      if (exact > 0.02 && exact < 0.98) {
        CHECK(std::abs(deviation(two.estimates.at("overlap"), record, exact)) < 4);
      }
      ++record;
    }
    CHECK(record == 9);
    CHECK(std::abs(deviation(two.estimates.at("branch_occupation"), 0, 0.5)) < 4);
    CHECK(std::abs(deviation(two.estimates.at("energy_distance"), 0, 0)) < 4);
  }
}

TEST_CASE("Unequal weights 0.8/0.2 are reproduced, and a wrong weight would be noticed") {
  const test::Run two = run({"target.kind=deltas", "target.preset=two_deltas", "target.p=0.8",
                             "sampling.walkers=512", "sampling.replicas=8", "sampling.blocks=4"});
  const statistics::Estimate& occupation = two.estimates.at("branch_occupation");
  const double heavy = occupation.mean[0] > 0.5 ? 0 : 1;
  CHECK(std::abs(deviation(occupation, static_cast<Eigen::Index>(heavy), 0.8)) < 4);
  // Binomial error of 16384 walkers.
  CHECK(occupation.error[0] == Approx(std::sqrt(0.8 * 0.2 / 16384)).epsilon(0.2));
  CHECK(std::abs(deviation(occupation, static_cast<Eigen::Index>(heavy), 0.78)) > 4);
  CHECK(std::abs(deviation(two.estimates.at("wasserstein_2_excess"), 0, 0)) < 4);
}

TEST_CASE("A coarse time grid fails the comparison with forward noised data") {
  const test::Run coarse = run(
      {"target.kind=deltas", "target.preset=two_deltas", "experiment.sampler=euler_maruyama",
       "experiment.steps=12", "sampling.walkers=512", "sampling.replicas=8", "sampling.blocks=4"});
  const auto& reverse = coarse.estimates.at("mean_overlap");
  const auto& forward = coarse.estimates.at("mean_overlap_forward");
  const double z =
      (reverse.mean[0] - forward.mean[0]) / std::hypot(reverse.error[0], forward.error[0]);
  CHECK(std::abs(z) > 6);
}

TEST_CASE("A unit that is saved and restored continues with the same bits") {
  test::check_contract("generation",
                       {"target.kind=deltas", "target.preset=four_deltas", "sampling.walkers=32",
                        "sampling.blocks=3", "experiment.steps=20", "experiment.records=5"});
}
