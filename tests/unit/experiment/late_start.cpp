#include "tests/contract.hpp"

namespace symbreak::experiment::late_start {

TEST_CASE("Contract of late_start", "[unit][experiment]") {
  const std::vector<std::string> tiny = {"experiment.steps=5", "sampling.walkers=8",
                                         "sampling.blocks=3"};
  for (std::vector<std::string> settings :
       {std::vector<std::string>{"target.preset=two_deltas", "experiment.t_start=2"},
        std::vector<std::string>{"target.kind=gaussian_mixture", "target.dimension=3",
                                 "forward.clock=ddpm"}}) {
    settings.insert(settings.end(), tiny.begin(), tiny.end());
    test::check_contract("late_start", settings);
  }
}

TEST_CASE("late_start refuses what has no data or is sampled", "[unit][experiment]") {
  test::check_refusal("late_start",
                      {"target.kind=uniform_patches", "target.side=6", "target.patch=3"},
                      "target.kind", "needs clean data");
  test::check_refusal("late_start",
                      {"target.kind=ising_lattice", "target.side=8", "target.temperature=3",
                       "target.posterior=monte_carlo"},
                      "target.kind", "evaluated, not sampled");
}

}  // namespace symbreak::experiment::late_start
