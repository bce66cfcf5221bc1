#include "tests/contract.hpp"

namespace symbreak::experiment::copies {

namespace {

std::vector<std::string> tiny(std::vector<std::string> settings) {
  for (const char* each :
       {"experiment.t=0.9", "experiment.n=16", "sampling.blocks=3", "sampling.sweeps_per_block=4",
        "sampling.burn_in=1", "experiment.law_samples=1024"}) {
    settings.insert(settings.begin(), each);
  }
  return settings;
}

const std::vector<std::string> kLattice = {"target.kind=ising_lattice", "target.side=3",
                                           "target.temperature=3"};

std::vector<std::string> lattice(const std::vector<std::string>& settings) {
  auto all = kLattice;
  all.insert(all.end(), settings.begin(), settings.end());
  return tiny(all);
}

}  // namespace

TEST_CASE("Contract of copies", "[unit][experiment]") {
  test::check_contract("copies", tiny({"experiment.candidates=1"}));
  test::check_contract("copies", tiny({"experiment.h=0.1", "experiment.coupling=order_plane"}));
  test::check_contract("copies", tiny({"target.preset=four_deltas"}));
  test::check_contract("copies", tiny({"target.kind=sphere", "target.dimension=3"}));
  test::check_contract("copies", lattice({"experiment.coupling=order_plane"}));
  test::check_contract("copies",
                       lattice({"experiment.coupling=order_plane", "experiment.law=measured"}));
  test::check_contract("copies",
                       lattice({"target.posterior=monte_carlo", "experiment.chain_sweeps=2"}));
}

TEST_CASE("Copies refuse what has no posterior, or not the one asked for", "[unit][experiment]") {
  test::check_refusal("copies",
                      tiny({"target.kind=uniform_patches", "target.side=8", "target.patch=4"}),
                      "target.kind", "needs clean data");
  test::check_refusal("copies", tiny({"target.kind=random_energy", "target.M=4"}), "target.kind",
                      "needs clean data");
  test::check_refusal("copies", lattice({"experiment.copies=magnetization"}), "experiment.copies",
                      "coupling = order_plane");
  test::check_refusal("copies",
                      lattice({"target.posterior=monte_carlo", "experiment.copies=exact"}),
                      "experiment.copies", "use copies = chains");
  test::check_refusal("copies",
                      tiny({"target.kind=synthetic_dataset", "target.dimension=4", "target.n=8",
                            "experiment.coupling=order_plane"}),
                      "experiment.coupling", "use coupling = all");
}

}  // namespace symbreak::experiment::copies
