// Reverse trajectories of known targets: branches, overlaps and end points come out right, and a
// wrong score is noticed. Fixed seeds; each check fails by chance with probability below 1e-4.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "analysis/statistics/estimate.hpp"
#include "analysis/theory/information.hpp"
#include "sim/measure/experiment.hpp"
#include "tests/parameters.hpp"

using namespace symbreak;

namespace {

struct Run {
  std::unique_ptr<experiment::Experiment> experiment;
  std::map<std::string, statistics::Estimate> estimates;
};

Run run(const std::vector<std::string>& settings) {
  const deck::Parameters parameters = test::parameters("generation", settings);
  Run result;
  result.experiment = experiment::kind("generation").make(parameters);
  const auto observables = result.experiment->observables();
  std::vector<std::vector<statistics::Series>> series(observables.size());
  for (std::uint32_t replica = 0; replica < result.experiment->replicas(); ++replica) {
    experiment::Recorder recorder(observables);
    const auto unit = result.experiment->start({.seed = 11, .point = 5, .replica = replica});
    for (std::int64_t block = 0; block < unit->blocks(); ++block) unit->advance(recorder);
    const auto finished = recorder.finish();
    for (std::size_t i = 0; i < finished.size(); ++i) series[i].push_back(finished[i]);
  }
  for (std::size_t i = 0; i < observables.size(); ++i) {
    result.estimates[observables[i].name] =
        statistics::combine(series[i], statistics::Grouping::replicas);
  }
  return result;
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
    const Run two = run({"target.kind=deltas", "target.preset=two_deltas",
                         fmt::format("experiment.sampler={}", sampler), "experiment.steps=800",
                         "experiment.records=9", "sampling.walkers=512", "sampling.replicas=8",
                         "sampling.blocks=4"});
    const auto predictions = two.experiment->predictions();
    INFO(sampler);
    Eigen::Index record = 0;
    for (const auto& prediction : predictions) {
      if (!prediction.quantity.starts_with("noise_")) continue;
      const double exact = theory::binary_overlap(1 / prediction.value);
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
  const Run two = run({"target.kind=deltas", "target.preset=two_deltas", "target.p=0.8",
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
  const Run coarse = run({"target.kind=deltas", "target.preset=two_deltas",
                          "experiment.sampler=euler_maruyama", "experiment.steps=12",
                          "sampling.walkers=512", "sampling.replicas=8", "sampling.blocks=4"});
  const auto& reverse = coarse.estimates.at("mean_overlap");
  const auto& forward = coarse.estimates.at("mean_overlap_forward");
  const double z =
      (reverse.mean[0] - forward.mean[0]) / std::hypot(reverse.error[0], forward.error[0]);
  CHECK(std::abs(z) > 6);
}

TEST_CASE("A unit that is saved and restored continues with the same bits") {
  const deck::Parameters parameters = test::parameters(
      "generation", {"target.kind=deltas", "target.preset=four_deltas", "sampling.walkers=32",
                     "sampling.blocks=3", "experiment.steps=20", "experiment.records=5"});
  const auto experiment = experiment::kind("generation").make(parameters);
  experiment::Recorder straight(experiment->observables()), first(experiment->observables()),
      second(experiment->observables());
  const auto a = experiment->start({.seed = 3}), b = experiment->start({.seed = 3});
  for (int block = 0; block < 3; ++block) a->advance(straight);
  b->advance(first);
  experiment::State state;
  b->save(state);
  first.save(state);
  const auto c = experiment->start({.seed = 3});
  c->load(state);
  second.load(state);
  c->advance(second);
  c->advance(second);
  const auto expected = straight.finish(), found = second.finish();
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(expected[i].mean == found[i].mean);
}
