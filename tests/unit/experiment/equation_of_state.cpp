#include "tests/contract.hpp"

namespace symbreak::experiment::equation_of_state {

namespace {

const std::string kKind = "equation_of_state";

}  // namespace

TEST_CASE("Contract of the equation of state", "[unit][experiment]") {
  test::check_contract(kKind, {"experiment.t=0.7", "experiment.landscape=9"});
  test::check_contract(kKind, {"target.p=0.6", "experiment.t=0.7", "experiment.h=0.1",
                               "forward.clock=ddpm", "experiment.criterion=drift"});
  test::check_contract(kKind, {"target.preset=three_deltas", "target.w0=0.7", "experiment.t=0.2"});
  test::check_contract(kKind,
                       {"target.preset=four_deltas", "experiment.t=0.4", "experiment.landscape=9"});
  test::check_contract(
      kKind, {"target.preset=custom", "target.dimension=2", "target.points=1,.3,-1,-.3,0,.5",
              "experiment.t=0.4", "experiment.landscape=9"});
  test::check_contract(kKind, {"target.kind=curie_weiss", "target.dimension=8",
                               "target.coupling=0.5", "experiment.t=3"});
  // So much noise that 1 - d<y>/dx is 1 to rounding.
  test::check_contract(kKind, {"target.kind=sphere", "target.dimension=5", "experiment.t=1e18"});
}

TEST_CASE("The equation of state refuses what it cannot solve", "[unit][experiment]") {
  test::check_refusal(
      kKind, {"target.kind=uniform_patches", "target.side=8", "target.patch=4", "experiment.t=1"},
      "target.kind", "needs clean data");
  test::check_refusal(kKind, {"target.kind=random_energy", "target.M=4", "experiment.t=1"},
                      "target.kind", "needs clean data");
  test::check_refusal(
      kKind,
      {"target.kind=synthetic_dataset", "target.dimension=4", "target.n=8", "experiment.t=1"},
      "target.kind", "one fixed target");
  test::check_refusal(kKind,
                      {"target.kind=ising_lattice", "target.side=3", "target.temperature=2.5",
                       "target.posterior=monte_carlo", "experiment.t=1"},
                      "experiment.kind", "sampled");
  test::check_refusal(kKind, {"forward.clock=ddpm", "experiment.t=500"}, "experiment.t",
                      "step k of T is t = k/T");
  test::check_refusal(kKind, {"experiment.t=1", "experiment.criterion=drift"},
                      "experiment.criterion", "variance-preserving");
}

}  // namespace symbreak::experiment::equation_of_state
