#include "tests/contract.hpp"

namespace symbreak::experiment::guidance {

TEST_CASE("Contract of guidance", "[unit][experiment]") {
  const std::vector<std::string> tiny = {"experiment.steps=6", "experiment.t=1",
                                         "sampling.walkers=8", "sampling.blocks=3"};
  const auto check = [&](std::vector<std::string> settings) {
    settings.insert(settings.end(), tiny.begin(), tiny.end());
    test::check_contract("guidance", settings);
  };
  check({"target.preset=two_deltas", "experiment.t=0"});
  check({"target.preset=two_deltas", "experiment.t=1", "experiment.class=2"});
  check({"target.preset=two_deltas", "experiment.t=1", "experiment.form=cfg"});
  check({"target.preset=four_deltas", "experiment.t=0", "experiment.class=3"});
}

TEST_CASE("guidance refuses what has no data, no classes or no such time", "[unit][experiment]") {
  test::check_refusal(
      "guidance",
      {"target.kind=uniform_patches", "target.side=6", "target.patch=3", "experiment.t=1"},
      "target.kind", "needs clean data");
  test::check_refusal("guidance", {"target.kind=sphere", "target.dimension=3", "experiment.t=1"},
                      "target.kind", "two classes");
  test::check_refusal("guidance",
                      {"target.preset=two_deltas", "experiment.class=3", "experiment.t=1"},
                      "experiment.class", "has 2 classes");
  test::check_refusal("guidance", {"target.preset=two_deltas", "experiment.t=1e9"}, "experiment.t",
                      "must lie between");
}

}  // namespace symbreak::experiment::guidance
