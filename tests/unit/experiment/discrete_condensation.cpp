// The contract of memorization by discrete channels, and what it refuses.
#include "tests/contract.hpp"

namespace symbreak::experiment::discrete_condensation {

namespace {

std::vector<std::string> data(std::vector<std::string> more) {
  for (const char* setting :
       {"target.kind=synthetic_dataset", "target.law=binary", "target.dimension=6", "target.n=8",
        "sampling.walkers=3", "sampling.blocks=3"}) {
    more.push_back(setting);
  }
  return more;
}

}  // namespace

TEST_CASE("Memorization by discrete channels keeps the contract", "[unit][experiment]") {
  test::check_contract("discrete_condensation", data({"experiment.noise=0.7"}));
  test::check_contract("discrete_condensation",
                       data({"forward.channel=flip", "experiment.noise=0.2"}));
}

TEST_CASE("Memorization by discrete channels refuses what makes no sense", "[unit][experiment]") {
  const std::string kind = "discrete_condensation";
  test::check_refusal(kind, data({"forward.channel=flip", "experiment.noise=0.7"}),
                      "experiment.noise", "between 0 and 0.5");
  test::check_refusal(kind, data({"target.std=2", "experiment.noise=0.7"}), "target.kind",
                      "std = 1");
  test::check_refusal(kind, {"target.preset=two_deltas", "experiment.noise=0.7"}, "target.kind",
                      "equal weight");
}

}  // namespace symbreak::experiment::discrete_condensation
