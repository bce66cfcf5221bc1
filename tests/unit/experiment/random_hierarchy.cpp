// The contract of the recovery of hidden symbols.
#include "tests/contract.hpp"

namespace symbreak::experiment::random_hierarchy {

namespace {

std::vector<std::string> small(std::vector<std::string> more) {
  for (const char* setting :
       {"sampling.walkers=2", "sampling.blocks=3", "sampling.disorder_samples=1"}) {
    more.push_back(setting);
  }
  return more;
}

}  // namespace

TEST_CASE("Recovery of hidden symbols keeps the contract", "[unit][experiment]") {
  test::check_contract("random_hierarchy",
                       small({"target.kind=random_hierarchy", "experiment.strength=0.6"}));
  test::check_contract("random_hierarchy",
                       small({"target.kind=random_hierarchy", "experiment.noise=gaussian",
                              "experiment.strength=1.5", "target.layers=2"}));
}

TEST_CASE("Recovery needs hidden symbols", "[unit][experiment]") {
  test::check_refusal("random_hierarchy", small({"experiment.strength=0.6"}), "target.kind",
                      "needs a hierarchy of hidden symbols");
  test::check_refusal("random_hierarchy",
                      small({"target.kind=random_hierarchy", "experiment.strength=1.5"}),
                      "experiment.strength", "between 0 and 1");
}

}  // namespace symbreak::experiment::random_hierarchy
