// The contract of entropy rates on small targets, summed and sampled.
#include "tests/contract.hpp"

namespace symbreak::experiment::entropy_clock {

namespace {

std::vector<std::string> small(std::vector<std::string> more) {
  for (const char* setting :
       {"experiment.records=5", "sampling.walkers=4", "sampling.blocks=3", "sampling.replicas=1"}) {
    more.push_back(setting);
  }
  return more;
}

}  // namespace

TEST_CASE("Entropy rates keep the contract", "[unit][experiment]") {
  test::check_contract("entropy_clock", small({}));
  test::check_contract("entropy_clock",
                       small({"target.kind=gaussian_mixture", "target.dimension=3", "target.m=1"}));
  test::check_contract("entropy_clock", small({"target.kind=curie_weiss", "target.dimension=6",
                                               "target.coupling=0.5", "forward.clock=ddpm"}));
  test::check_contract("entropy_clock",
                       small({"target.kind=ising_lattice", "target.side=4", "target.temperature=3",
                              "target.posterior=monte_carlo", "experiment.chains=2",
                              "experiment.rounds=2", "experiment.sweeps=1"}));
}

// A mere chain beside an exact sum: what needs log Z is left out.
TEST_CASE("Entropy rates of chains know no information", "[unit][experiment]") {
  const auto settings = small({"experiment.posterior=chains", "experiment.rounds=2"});
  test::check_contract("entropy_clock", settings);
  const auto experiment =
      experiment::kind("entropy_clock").make(test::parameters("entropy_clock", settings));
  for (const auto& info : experiment->observables()) CHECK(info.name.text() != "information");
}

TEST_CASE("Entropy rates need clean data", "[unit][experiment]") {
  test::check_refusal("entropy_clock",
                      small({"target.kind=uniform_patches", "target.side=4", "target.patch=3"}),
                      "target.kind", "needs clean data");
  test::check_refusal("entropy_clock",
                      small({"target.kind=ising_lattice", "target.side=4", "target.temperature=3",
                             "target.posterior=monte_carlo", "experiment.posterior=exact"}),
                      "experiment.posterior", "sampled, not summed");
  test::check_refusal("entropy_clock", small({"experiment.t_start=1", "experiment.t_end=2"}),
                      "experiment.t_start", "must exceed");
}

}  // namespace symbreak::experiment::entropy_clock
