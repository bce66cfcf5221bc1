#include "tests/contract.hpp"

namespace symbreak::experiment::toy {

TEST_CASE("Contract of toy", "[unit][experiment]") {
  test::check_contract("toy", {"sampling.samples=5", "sampling.blocks=3"});
  test::check_contract("toy", {"sampling.samples=5", "sampling.blocks=3",
                               "sampling.disorder_samples=2", "experiment.correlation=0"});
}

TEST_CASE("toy runs on any target, as it uses none", "[unit][experiment]") {
  test::check_contract("toy", {"target.kind=uniform_patches", "target.side=6", "target.patch=3",
                               "sampling.blocks=1"});
  test::check_contract("toy", {"target.kind=random_energy", "target.M=4", "sampling.blocks=1"});
}

}  // namespace symbreak::experiment::toy
