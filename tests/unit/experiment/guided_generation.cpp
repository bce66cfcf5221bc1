#include "tests/contract.hpp"

namespace symbreak::experiment::guided_generation {

TEST_CASE("Contract of guided_generation", "[unit][experiment]") {
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(),
                    {"experiment.steps=6", "sampling.walkers=8", "sampling.blocks=3"});
    test::check_contract("guided_generation", settings);
  };
  check({"target.kind=gaussian_mixture", "target.dimension=3", "experiment.weight=2"});
  check({"target.kind=gaussian_mixture", "experiment.class=2", "experiment.sampler=ode",
         "experiment.weight_law=window", "experiment.guidance_high=1"});
  check({"target.preset=four_deltas", "experiment.class=3", "experiment.weight_law=power"});
  check({"target.kind=synthetic_dataset", "target.law=gaussian", "target.n=40",
         "target.dimension=5", "target.m=1"});
  check({"target.kind=random_classes", "target.dimension=5", "target.rate=0.5",
         "experiment.class=7"});
  check({"target.kind=random_classes", "target.dimension=5", "target.rate=2",
         "target.others=annealed", "experiment.sampler=ode"});
}

TEST_CASE("guided_generation refuses what has no classes or no direction", "[unit][experiment]") {
  test::check_refusal("guided_generation", {"target.kind=sphere", "target.dimension=3"},
                      "target.kind", "scores of its classes");
  test::check_refusal("guided_generation", {"target.preset=two_deltas", "experiment.class=3"},
                      "experiment.class", "has 2 classes");
  test::check_refusal("guided_generation",
                      {"target.preset=two_deltas", "experiment.weight_law=window",
                       "experiment.guidance_low=2", "experiment.guidance_high=1"},
                      "experiment.guidance_high", "guidance_low < guidance_high");
}

}  // namespace symbreak::experiment::guided_generation
