#include "tests/contract.hpp"

namespace symbreak::experiment::fast_samplers {

TEST_CASE("Contract of fast_samplers", "[unit][experiment]") {
  const std::vector<std::string> tiny = {"experiment.steps=5", "sampling.walkers=8",
                                         "sampling.blocks=3"};
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(), tiny.begin(), tiny.end());
    test::check_contract("fast_samplers", settings);
  };
  for (const char* sampler : {"ddim", "heun", "pndm", "bridge_heun"}) {
    check({"target.preset=four_deltas", std::string("experiment.sampler=") + sampler});
  }
  check({"target.preset=two_deltas", "target.p=0.8", "experiment.sampler=ddim",
         "experiment.start=gaussian"});  // the sampler's own law
  check({"target.kind=gaussian_mixture", "target.m=0", "experiment.start=gaussian_estimated",
         "experiment.start_samples=64"});
  check({"target.kind=ising_lattice", "target.side=3", "target.temperature=3",
         "experiment.score=chains"});
}

TEST_CASE("fast_samplers records every level of a long grid", "[unit][experiment]") {
  const auto experiment = experiment::kind("fast_samplers")
                              .make(test::parameters("fast_samplers", {"target.preset=two_deltas",
                                                                       "experiment.steps=1500"}));
  for (const verdict::Fact& fact : experiment->facts()) {
    if (fact.name == "noise") CHECK(fact.values.size() == 1501);
  }
}

TEST_CASE("fast_samplers refuses what has no data, chain or moments", "[unit][experiment]") {
  test::check_refusal("fast_samplers",
                      {"target.kind=uniform_patches", "target.side=6", "target.patch=3"},
                      "target.kind", "needs clean data");
  test::check_refusal("fast_samplers",
                      {"target.preset=two_deltas", "experiment.schedule=linear_beta"},
                      "experiment.schedule", "variance-preserving");
  test::check_refusal("fast_samplers",
                      {"target.preset=two_deltas", "experiment.start=gaussian_estimated",
                       "experiment.start_samples=2"},
                      "experiment.start_samples", "more samples than dimensions");
}

}  // namespace symbreak::experiment::fast_samplers
