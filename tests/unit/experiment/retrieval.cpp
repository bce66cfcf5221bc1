// The experiment retrieval: contract, refusals.
#include <catch2/catch.hpp>

#include "tests/contract.hpp"

namespace symbreak::experiment::retrieval {

TEST_CASE("Retrieval keeps its contract", "[unit][experiment]") {
  for (const char* law : {"target.law=gaussian", "target.law=sphere"}) {
    for (const char* energy : {"experiment.energy=associative", "experiment.energy=free_energy"}) {
      test::check_contract(
          "retrieval", {"target.kind=synthetic_dataset", "target.dimension=6", "target.n=8", law,
                        energy, "experiment.t=0.5", "experiment.iterations=3", "sampling.walkers=3",
                        "sampling.blocks=3"});
    }
  }
  // From an overlap below one; without a single update.
  test::check_contract("retrieval", {"target.kind=synthetic_dataset", "target.dimension=6",
                                     "target.n=8", "experiment.t=0.5", "experiment.overlap=0.5",
                                     "experiment.iterations=0", "sampling.blocks=2"});
}

TEST_CASE("Retrieval refuses what makes no sense", "[unit][experiment]") {
  test::check_refusal(
      "retrieval",
      {"target.kind=curie_weiss", "target.dimension=8", "target.coupling=1", "experiment.t=1"},
      "target.kind", "explicit data points");
  test::check_refusal("retrieval", {"target.preset=three_deltas", "experiment.t=1"}, "target.kind",
                      "equal weight");
}

}  // namespace symbreak::experiment::retrieval
