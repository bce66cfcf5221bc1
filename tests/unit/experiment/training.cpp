#include "tests/contract.hpp"

namespace symbreak::experiment::training {

namespace {

const std::vector<std::string> kTiny = {"target.kind=random_features",
                                        "target.dimension=3",
                                        "target.n=5",
                                        "target.features=12",
                                        "target.levels=4",
                                        "target.noise_low=0.01",
                                        "target.noise_high=20",
                                        "experiment.t=0.3",
                                        "experiment.tau_to=1e4",
                                        "experiment.tau_per_decade=4",
                                        "experiment.steps=6",
                                        "sampling.disorder_samples=1",
                                        "sampling.states=20",
                                        "sampling.walkers=10",
                                        "experiment.sampled_tau=0,10,inf",
                                        "experiment.generated_tau=1,inf"};

std::vector<std::string> tiny(const std::vector<std::string>& more) {
  auto settings = kTiny;
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

}  // namespace

TEST_CASE("Contract of training", "[unit][experiment]") {
  test::check_contract("training", kTiny);
  test::check_contract("training", tiny({"target.activation=linear", "experiment.sampler=ode"}));
  test::check_contract("training", tiny({"target.activation=tanh", "target.phase=odd"}));
  test::check_contract("training", tiny({"target.noise_samples=3", "target.draw=2"}));
  test::check_contract("training", tiny({"target.law=binary", "target.parametrisation=none"}));
  // Laws without exact averages.
  test::check_contract("training", tiny({"target.law=sphere", "experiment.test_points=40"}));
  test::check_contract("training", tiny({"target.data=curie_weiss", "target.coupling=0.5",
                                         "target.dimension=4", "experiment.test_points=40"}));
  test::check_contract("training", tiny({"target.data=gaussian_mixture", "target.m=1"}));
}

TEST_CASE("training refuses what cannot be trained", "[unit][experiment]") {
  test::check_refusal("training", {"target.kind=sphere", "target.dimension=3", "experiment.t=1"},
                      "target.kind", "needs a training time");
  test::check_refusal("training", tiny({"target.data=gaussian_mixture", "target.n=0"}), "target.n",
                      "how many");
  test::check_refusal("training", tiny({"target.features=1000000"}), "target.features",
                      "this machine has");
  test::check_refusal("training", tiny({"target.data=deltas", "target.preset=four_deltas"}),
                      "target.held_out", "held");
  test::check_refusal("training", tiny({"target.noise_low=30"}), "target.noise_low", "run from");
  test::check_refusal("training", tiny({"experiment.tau_to=0.01"}), "experiment.tau_from",
                      "run from");
  test::check_refusal("training", tiny({"target.n=1"}), "target.n", "the same");
  test::check_refusal("training", {"target.kind=random_features", "target.n=5", "experiment.t=0.3"},
                      "target.dimension", "needs it");
  // Ranges of the kind of data, not of all kinds together.
  CHECK_THROWS_WITH(test::parameters("training", tiny({"target.training_time=-1"})),
                    Catch::Contains("out of range"));
  CHECK_THROWS_WITH(test::parameters("training", tiny({"target.training_time=nan"})),
                    Catch::Contains("finite"));
  CHECK(std::isinf(test::parameters("training", tiny({"target.training_time=inf"}))
                       .real("target.training_time")));
}

}  // namespace symbreak::experiment::training
