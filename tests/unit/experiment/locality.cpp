#include "tests/contract.hpp"

namespace symbreak::experiment::locality {

TEST_CASE("Contract of locality", "[unit][experiment]") {
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(),
                    {"experiment.radius=2", "sampling.walkers=8", "sampling.blocks=3"});
    test::check_contract("locality", settings);
  };
  check(
      {"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5", "experiment.t=1"});
  check({"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5",
         "forward.channel=erase", "experiment.noise=0.5"});
  check({"target.kind=ising_lattice", "target.side=3", "target.temperature=2.5", "experiment.t=1",
         "experiment.site=2"});
  check({"target.kind=sherrington_kirkpatrick", "target.dimension=6", "target.temperature=1",
         "forward.channel=flip", "experiment.noise=0.2", "sampling.disorder_samples=2"});
}

TEST_CASE("Windows reach as far as bonds do", "[unit][experiment]") {
  const auto experiment =
      experiment::kind("locality")
          .make(test::parameters(
              "locality", {"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                           "experiment.t=1", "experiment.radius=4"}));
  std::vector<double> sites;
  for (const auto& fact : experiment->facts()) {
    if (fact.name == "window_sites") sites = fact.values;
  }
  CHECK(sites == std::vector<double>{1, 5, 11, 15, 16});  // of a 4 x 4 torus
}

TEST_CASE("locality refuses what is only sampled, and sites that are not there",
          "[unit][experiment]") {
  test::check_refusal(
      "locality",
      {"target.kind=ising_lattice", "target.side=64", "target.temperature=2.5", "experiment.t=1"},
      "target.kind", "only sampled");
  test::check_refusal("locality",
                      {"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5",
                       "experiment.t=1", "experiment.site=32"},
                      "experiment.site", "31 sites");
  test::check_refusal("locality", {"target.preset=two_deltas", "experiment.t=1"}, "target.kind",
                      "spins");
  test::check_refusal("locality",
                      {"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5"},
                      "experiment.t", "needs a time");
  test::check_refusal("locality",
                      {"target.kind=ising_chain", "target.dimension=31", "target.coupling=0.5",
                       "forward.channel=flip", "experiment.noise=0.7"},
                      "experiment.noise", "between 0 and 0.5");
}

}  // namespace symbreak::experiment::locality
