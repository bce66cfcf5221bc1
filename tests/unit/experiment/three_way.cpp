// The contract of three_way.
#include <fmt/format.h>

#include "sim/random/stream.hpp"
#include "tests/contract.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::three_way {

namespace {

/// Random images, one per line.
std::string file_of(const test::ScratchFolder& folder, int count, int pixels) {
  random::Stream stream({.purpose = random::Purpose::test});
  std::string text;
  for (int n = 0; n < count; ++n) {
    for (int i = 0; i < pixels; ++i) text += fmt::format("{}{:.3f}", i ? "," : "", stream.normal());
    text += "\n";
  }
  return "target.file=" + folder.write("images.csv", text);
}

std::vector<std::string> settings(const std::string& file, const std::string& more = "") {
  std::vector<std::string> all = {"target.kind=image_patches",
                                  file,
                                  "target.patch=3",
                                  "experiment.model_patch=3",
                                  "experiment.steps=3",
                                  "experiment.records=2",
                                  "sampling.walkers=2",
                                  "sampling.replicas=1"};
  if (!more.empty()) all.push_back(more);
  return all;
}

}  // namespace

TEST_CASE("Contract of three_way", "[unit][experiment]") {
  const test::ScratchFolder folder;
  const std::string file = file_of(folder, 7, 100);
  test::check_contract("three_way", settings(file));
  test::check_contract("three_way", settings(file, "target.machine=ls"));
}

TEST_CASE("Contract of three_way with a network", "[unit][experiment]") {
  const test::ScratchFolder folder;
  const std::string file = file_of(folder, 7, 100);
  const std::vector<std::string> all = {
      "target.kind=network",       "target.worker=" SYMBREAK_WORKER,
      "target.arguments=100 1",    file,
      "target.lattice=10, 10",     "experiment.patch=3",
      "experiment.patch_images=5", "experiment.model_patch=3",
      "experiment.steps=3",        "experiment.records=2",
      "sampling.walkers=2",        "sampling.replicas=1"};
  test::check_contract("three_way", all);
}

TEST_CASE("three_way refuses what it cannot compare", "[unit][experiment]") {
  const test::ScratchFolder folder;
  const std::string file = file_of(folder, 7, 100);
  test::check_refusal("three_way", {"target.preset=two_deltas"}, "target.kind", "lattice");
  test::check_refusal("three_way",
                      {"target.kind=uniform_patches", "target.side=6", "target.patch=3"},
                      "target.kind", "images of a file");
  test::check_refusal("three_way", settings(file, "target.machine=is"), "target.kind",
                      "local windows");
  test::check_refusal("three_way", settings(file, "target.n=5"), "target.file", "too few");
  test::check_refusal("three_way", settings(file, "experiment.model_patch=4"),
                      "experiment.model_patch", "odd");
  test::check_refusal("three_way", settings(file, "experiment.s_start=0.001"), "experiment.s_end",
                      "not below");
}

}  // namespace symbreak::experiment::three_way
