// The contract of U-turns on small targets.
#include "tests/contract.hpp"

namespace symbreak::experiment::u_turn {

namespace {

std::vector<std::string> small(std::vector<std::string> more) {
  for (const char* setting : {"experiment.t=0.8", "experiment.steps=3", "sampling.walkers=5",
                              "sampling.blocks=3", "sampling.replicas=1"}) {
    more.push_back(setting);
  }
  return more;
}

}  // namespace

TEST_CASE("U-turns keep the contract", "[unit][experiment]") {
  test::check_contract("u_turn", small({}));
  test::check_contract("u_turn", small({"experiment.sampler=transition"}));
  test::check_contract("u_turn",
                       small({"target.preset=four_deltas", "experiment.sampler=transition"}));
  test::check_contract("u_turn", small({"target.preset=four_deltas", "experiment.sampler=pndm"}));
  test::check_contract("u_turn", small({"target.kind=curie_weiss", "target.dimension=6",
                                        "target.coupling=1.2", "experiment.sampler=heun"}));
  test::check_contract("u_turn", small({"target.kind=random_hierarchy", "target.vocabulary=4"}));
}

TEST_CASE("U-turns refuse targets without clean data", "[unit][experiment]") {
  test::check_refusal("u_turn",
                      small({"target.kind=uniform_patches", "target.side=4", "target.patch=3"}),
                      "target.kind", "needs clean data");
  test::check_refusal("u_turn", small({"target.kind=random_energy", "target.M=4"}), "target.kind",
                      "needs a clean mean");
  test::check_refusal("u_turn",
                      small({"target.kind=ising_lattice", "target.side=4", "target.temperature=3",
                             "target.posterior=monte_carlo"}),
                      "target.kind", "evaluated, not sampled");
}

}  // namespace symbreak::experiment::u_turn
