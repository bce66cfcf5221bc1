#include "tests/contract.hpp"
#include "tests/npy.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::generation {

TEST_CASE("Contract of generation", "[unit][experiment]") {
  const std::vector<std::string> tiny = {"experiment.steps=6", "experiment.records=3",
                                         "sampling.walkers=8", "sampling.blocks=3"};
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(), tiny.begin(), tiny.end());
    test::check_contract("generation", settings);
  };
  check({"target.preset=two_deltas"});  // quadrature, entropy, Frechet distance
  for (const char* sampler : {"bridge", "euler_maruyama", "ode"}) {
    check({"target.preset=four_deltas", std::string("experiment.sampler=") + sampler,
           "experiment.start=gaussian"});
  }
  check({"target.kind=gaussian_mixture", "target.dimension=3", "experiment.spacing=sqrt"});
  // Chains, and draws of them; energies and magnetizations.
  check({"target.kind=ising_lattice", "target.side=3", "target.temperature=3",
         "experiment.score=chains", "experiment.chain_start=planted"});
  check({"target.kind=ising_lattice", "target.side=3", "target.temperature=3",
         "experiment.sampler=bridge_sample"});
}

TEST_CASE("generation of data that are pictures keeps a trajectory of them", "[unit][experiment]") {
  const test::ScratchFolder scratch;
  const std::string file =
      "target.file=" + scratch.write("six.npy", test::npy("3, 2, 3", {1, 0, 0, 0, 1, 0,  //
                                                                      0, 1, 0, 0, 0, 1,  //
                                                                      0, 0, 1, 1, 0, 0}));
  const std::vector<std::string> settings = {"target.kind=dataset", file,
                                             "experiment.steps=12", "experiment.records=5",
                                             "sampling.walkers=8",  "sampling.blocks=2"};
  test::check_contract("generation", settings);
  const auto experiment = kind("generation").make(test::parameters("generation", settings));
  const auto infos = experiment->observables();
  const auto found = std::ranges::find(infos, std::string("path_pictures"),
                                       [](const auto& info) { return info.name.string(); });
  REQUIRE(found != infos.end());
  CHECK(found->shape == std::vector<Eigen::Index>{3, 5, 2, 3});
}

TEST_CASE("generation refuses what has no data or cannot start", "[unit][experiment]") {
  test::check_refusal("generation",
                      {"target.kind=uniform_patches", "target.side=6", "target.patch=3"},
                      "target.kind", "needs clean data");
  test::check_refusal("generation",
                      {"target.preset=two_deltas", "experiment.t_start=1", "experiment.t_end=2"},
                      "experiment.t_start", "runs backwards");
  test::check_refusal(
      "generation",
      {"target.preset=two_deltas", "experiment.sampler=bridge_sample", "experiment.score=exact"},
      "experiment.score", "draws from the posterior");
  test::check_refusal("generation",
                      {"target.preset=two_deltas", "experiment.score=chains",
                       "experiment.chain_start=planted", "experiment.start=gaussian"},
                      "experiment.chain_start", "no datum behind it");
}

}  // namespace symbreak::experiment::generation
