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

TEST_CASE("One of exponentially many classes: real ones and their average do the same") {
  // K = 403 real classes in 40 dimensions; two of them, for their means.
  const auto many = [](std::vector<std::string> settings) {
    settings.insert(
        settings.end(),
        {"target.kind=random_classes", "target.dimension=40", "target.rate=0.15", "target.std=0.5",
         "experiment.t_start=1000", "experiment.t_end=0.001", "experiment.steps=100",
         "sampling.walkers=1024", "sampling.blocks=2", "sampling.replicas=2"});
    return test::run("guided_generation", settings, {.seed = 3, .point = 5, .disorder_point = 5},
                     true);
  };
  // Guided, e_c doubles and more; the classes differ by |mean|^2, which the limit knows.
  const test::Run annealed = many({"target.others=annealed"});
  const auto shift = [](const test::Run& run) {
    const auto& found = run.estimates.at("shift");
    const double length = std::sqrt(run.fact("signal")[0]);
    return statistics::Value{found.mean[0] / length, found.error[0] / length};
  };
  const auto off = [&](const test::Run& run) {
    return statistics::Value{shift(run).value - run.prediction("limit_shift"), shift(run).error};
  };
  const auto apart = off(annealed);
  CHECK(shift(annealed).value == Approx(.0335).margin(.005));  // of another code
  double sum = 0, squares = apart.error * apart.error;
  constexpr int kClasses = 3;
  for (int label = 1; label <= kClasses; ++label) {
    const auto one = off(many({"experiment.class=" + std::to_string(label)}));
    sum += one.value / kClasses;
    squares += std::pow(one.error / kClasses, 2);
  }
  // Differences of means beyond their lengths are of order 1/sqrt K.
  CHECK(std::abs(sum - apart.value) < 4 * std::sqrt(squares) + .005);
  // Unguided it is the class.
  const test::Run unguided = many({"target.others=annealed", "experiment.weight=0"});
  CHECK(std::abs(unguided.deviation("energy_distance", 0)) < 4);
  CHECK(std::abs(unguided.deviation("spread", 1)) < 4);
}
