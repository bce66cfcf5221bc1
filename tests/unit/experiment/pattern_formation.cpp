// The contract of pattern_formation, with windows and without.
#include "tests/contract.hpp"

namespace symbreak::experiment::pattern_formation {

TEST_CASE("Contract of pattern_formation", "[unit][experiment]") {
  const auto check = [](std::vector<std::string> settings) {
    for (const char* tiny : {"experiment.steps=4", "sampling.walkers=3", "sampling.blocks=2"}) {
      settings.push_back(tiny);
    }
    test::check_contract("pattern_formation", settings);
  };
  const std::vector<std::string> uniform = {"target.kind=uniform_patches", "target.side=6",
                                            "target.patch=3"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), uniform.begin(), uniform.end());
    return more;
  };
  check(with({"experiment.corrector=1"}));
  check(with({"experiment.spacing=cosine", "experiment.sampler=ddim"}));
  check({"target.kind=ising_patches", "target.temperature=3", "target.patch=3",
         "target.data_side=3", "target.side=6"});
  check({"target.kind=ising_lattice", "target.side=3", "target.temperature=3"});
}

TEST_CASE("Start and end of pattern_formation without windows are in units of lambda_max",
          "[unit][experiment]") {
  const auto experiment =
      experiment::kind("pattern_formation")
          .make(test::parameters("pattern_formation", {"target.kind=ising_lattice", "target.side=2",
                                                       "target.temperature=1e6"}));
  std::map<std::string, std::vector<double>> facts;
  for (const verdict::Fact& fact : experiment->facts()) facts[fact.name] = fact.values;
  CHECK(facts.count("window") == 0);
  // Nearly free spins: C is the unit matrix.
  CHECK(facts.at("noise_unit")[0] == Approx(1).epsilon(1e-4));
  CHECK(facts.at("noise").front() == Approx(200).epsilon(1e-4));
  CHECK(facts.at("last_noise")[0] == Approx(1e-4).epsilon(1e-4));
  for (const auto& info : experiment->observables()) CHECK(info.name.text() != "mosaic_order");
}

TEST_CASE("pattern_formation refuses what it cannot run on", "[unit][experiment]") {
  test::check_refusal("pattern_formation", {"target.preset=two_deltas"}, "target.kind",
                      "needs a lattice");
  test::check_refusal("pattern_formation",
                      {"target.kind=uniform_patches", "target.side=6", "target.patch=3",
                       "experiment.start=1", "experiment.end=2"},
                      "experiment.end", "not below");
}

}  // namespace symbreak::experiment::pattern_formation
