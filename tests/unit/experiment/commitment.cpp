#include "tests/contract.hpp"

namespace symbreak::experiment::commitment {

namespace {

const std::vector<std::string> kTiny = {"experiment.t=5", "sampling.blocks=3", "sampling.walkers=4",
                                        "experiment.rounds=2", "experiment.burn_in=4"};

std::vector<std::string> tiny(std::vector<std::string> target) {
  target.insert(target.end(), kTiny.begin(), kTiny.end());
  return target;
}

const std::vector<std::string> kCurieWeiss = {"target.kind=curie_weiss", "target.dimension=12",
                                              "target.coupling=1.3"};

}  // namespace

TEST_CASE("Contract of commitment", "[unit][experiment]") {
  test::check_contract("commitment", tiny(kCurieWeiss));
  auto chains = kCurieWeiss;
  chains.emplace_back("experiment.posterior=chains");
  test::check_contract("commitment", tiny(chains));
  test::check_contract("commitment", tiny({"target.kind=gaussian_mixture"}));
  test::check_contract("commitment",
                       tiny({"target.kind=ising_lattice", "target.side=3", "target.temperature=2.5",
                             "target.posterior=monte_carlo"}));
}

TEST_CASE("commitment refuses what has no classes or no posterior", "[unit][experiment]") {
  test::check_refusal("commitment",
                      tiny({"target.kind=uniform_patches", "target.side=6", "target.patch=3"}),
                      "target.kind", "needs clean data");
  test::check_refusal("commitment", tiny({"target.kind=sphere", "target.dimension=3"}),
                      "target.kind", "single class");
  test::check_refusal("commitment",
                      tiny({"target.kind=ising_lattice", "target.side=3", "target.temperature=2.5",
                            "target.posterior=monte_carlo", "experiment.posterior=exact"}),
                      "experiment.posterior", "use chains");
}

}  // namespace symbreak::experiment::commitment
