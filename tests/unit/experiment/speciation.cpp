// The contract of clones on small targets, and published curves beside them.
#include <fmt/format.h>

#include "tests/contract.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::speciation {

namespace {

std::vector<std::string> small(std::vector<std::string> more) {
  for (const char* setting : {"experiment.t=0.8", "experiment.steps=3", "sampling.walkers=5",
                              "sampling.blocks=3", "sampling.replicas=1"}) {
    more.push_back(setting);
  }
  return more;
}

}  // namespace

TEST_CASE("Clones keep the contract", "[unit][experiment]") {
  test::check_contract("speciation", small({}));
  test::check_contract("speciation", small({"target.kind=gaussian_mixture", "target.dimension=3",
                                            "target.m=1", "experiment.sampler=transition"}));
  test::check_contract("speciation", small({"target.preset=four_deltas", "experiment.sampler=ddim",
                                            "experiment.eta=0.5"}));
}

TEST_CASE("Clones need noise", "[unit][experiment]") {
  test::check_refusal("speciation", small({"experiment.sampler=ddim"}), "experiment.sampler",
                      "two clones of a run without noise are one");
}

TEST_CASE("Clones need classes", "[unit][experiment]") {
  test::check_refusal("speciation", small({"target.kind=sphere", "target.dimension=3"}),
                      "target.kind", "two classes or more");
  test::check_refusal("speciation",
                      small({"target.kind=uniform_patches", "target.side=4", "target.patch=3"}),
                      "target.kind", "needs clean data");
}

TEST_CASE("A published curve is kept whole beside the clones", "[unit][experiment]") {
  const test::ScratchFolder folder;
  constexpr int kRows = 1200;
  std::string rows;
  for (int i = 1; i <= kRows; ++i) rows += fmt::format("{},0.75\n", i * 1e-3);
  const std::string path = folder.write("published.csv", rows);
  const auto settings = small({"experiment.published=" + path});
  test::check_contract("speciation", settings);
  const auto experiment =
      experiment::kind("speciation").make(test::parameters("speciation", settings));
  for (const verdict::Fact& fact : experiment->facts()) {
    if (fact.name == "published_time") CHECK(fact.values.size() == kRows);
  }
  CHECK(experiment->predictions().back().quantity == "published_theory");
  CHECK(experiment->predictions().back().values.size() == kRows);
}

}  // namespace symbreak::experiment::speciation
