// Guided generation against its exact law. Fixed seeds, 4 standard errors (false alarm 6e-5 each);
// the step error of 200 second-order steps is a tenth of an error bar (compared with 800).
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/run.hpp"

using namespace symbreak;

namespace {

test::Run guided(std::vector<std::string> settings) {
  settings.insert(settings.end(),
                  {"target.kind=gaussian_mixture", "experiment.steps=200", "sampling.walkers=1024",
                   "sampling.blocks=4", "sampling.replicas=4"});
  return test::run("guided_generation", settings, {.seed = 11, .point = 5, .disorder_point = 5},
                   true);
}

}  // namespace

TEST_CASE("Guided classes have the law that the Fokker-Planck equation says") {
  for (const std::vector<std::string>& settings :
       {std::vector<std::string>{"target.dimension=1", "experiment.weight=3"},
        {"target.dimension=4", "experiment.weight=1", "target.weights=0.2,0.8"},
        {"target.dimension=16", "experiment.weight=3", "experiment.class=2", "target.std=2"},
        {"target.dimension=4", "experiment.weight=2", "experiment.weight_law=window",
         "experiment.guidance_low=0.2", "experiment.guidance_high=1.5",
         "experiment.weight_outside=-0.2"},
        {"target.dimension=4", "experiment.sampler=ode", "experiment.weight=1"},
        {"target.dimension=2", "experiment.sampler=ode", "experiment.weight_law=power",
         "target.weights=0.7,0.3"}}) {
    INFO(fmt::format("{}", fmt::join(settings, " ")));
    const test::Run run = guided(settings);
    for (const auto* name : {"shift", "variance", "purity"}) {
      CHECK(std::abs(run.deviation(name, run.prediction(name))) < 4);
    }
    // All of 16384 may be inside.
    const double share = run.prediction("class_fraction"), samples = 16384;
    CHECK(run.estimates.at("class_fraction").mean[0] ==
          Approx(share).margin(4 * std::sqrt(share * (1 - share) / samples) + 1 / samples));
  }
}

TEST_CASE("Conditional sampling gives the class, of deltas and of many coordinates") {
  const test::Run run = guided({"target.dimension=8", "experiment.weight=0"});
  CHECK(std::abs(run.deviation("energy_distance", 0)) < 4);
  CHECK(std::abs(run.deviation("spread", 1)) < 4);
  CHECK(std::abs(run.deviation("shift", 0)) < 4);
  // Guidance is seen: the class is not where it was.
  const test::Run pushed = guided({"target.dimension=8", "experiment.weight=3"});
  CHECK(pushed.deviation("energy_distance", 0) > 8);
}
