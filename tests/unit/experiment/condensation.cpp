// The experiment condensation: contract, refusals.
#include <catch2/catch.hpp>

#include "tests/contract.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::condensation {

namespace {

/// A tiny deck of synthetic data with `more` settings.
std::vector<std::string> synthetic(std::vector<std::string> more) {
  more.insert(more.begin(), {"target.kind=synthetic_dataset", "target.dimension=4", "target.n=8",
                             "sampling.walkers=3", "sampling.blocks=3"});
  more.insert(more.end(), {"experiment.t=0.7", "experiment.steps=4"});
  return more;
}

}  // namespace

TEST_CASE("Condensation keeps its contract", "[unit][experiment]") {
  test::check_contract("condensation", synthetic({"experiment.clones=posterior"}));
  test::check_contract("condensation", synthetic({"experiment.clones=reverse"}));
  test::check_contract("condensation", synthetic({"experiment.state=trajectory"}));
  test::check_contract("condensation", synthetic({"experiment.state=unplanted"}));
  test::check_contract("condensation", synthetic({"experiment.state=unplanted", "experiment.norm=1",
                                                  "target.law=sphere"}));
  test::check_contract("condensation", synthetic({"target.m=1", "sampling.disorder_samples=2"}));
  test::check_contract("condensation",
                       {"target.kind=two_level_dataset", "target.dimension=4", "target.centres=3",
                        "target.members=4", "experiment.t=0.7", "sampling.walkers=3",
                        "sampling.blocks=3", "sampling.disorder_samples=2"});
  // Points of unequal weight.
  test::check_contract("condensation", {"target.preset=three_deltas", "experiment.t=0.7",
                                        "sampling.walkers=3", "sampling.blocks=3"});
}

TEST_CASE("Condensation refuses what makes no sense", "[unit][experiment]") {
  const auto refused = [](const std::vector<std::string>& settings, const char* key,
                          const char* words) {
    test::check_refusal("condensation", settings, key, words);
  };
  refused({"target.kind=curie_weiss", "target.dimension=8", "target.coupling=1", "experiment.t=1"},
          "target.kind", "explicit data points");
  refused({"target.kind=random_energy", "target.M=4", "experiment.t=1"}, "target.kind",
          "explicit data points");
  refused({"sampling.disorder_samples=2", "experiment.t=1"}, "sampling.disorder_samples",
          "one fixed dataset");
  refused({"experiment.state=unplanted", "experiment.t=1"}, "experiment.state", "held_out");
  const test::ScratchFolder scratch;
  const std::string bad = scratch.write("bad.csv", "time,value,error\n1,0.5,0\n");
  refused({"experiment.published=" + bad, "experiment.t=1"}, "experiment.published", "line 2");
  const std::string empty = scratch.write("empty.csv", "time,value,error\n");
  refused({"experiment.published=" + empty, "experiment.t=1"}, "experiment.published", "no line");
}

TEST_CASE("A published value is a prediction at its time", "[unit][experiment]") {
  const test::ScratchFolder scratch;
  const std::string file = scratch.write("table.csv", "time,value,error\n1,0.5,0.1\n2,0.7,0.2\n");
  const auto published = [&](const char* t) {
    const auto experiment =
        experiment::kind("condensation")
            .make(test::parameters("condensation", {"experiment.published=" + file, t}));
    std::vector<double> values;
    for (const auto& prediction : experiment->predictions()) {
      if (prediction.quantity.starts_with("published")) values.push_back(prediction.value());
    }
    return values;
  };
  CHECK(published("experiment.t=2") == std::vector<double>{0.7, 0.2});
  CHECK(published("experiment.t=3").empty());
}

}  // namespace symbreak::experiment::condensation
