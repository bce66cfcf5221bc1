// The contract of creativity, and what it takes for training images.
#include <cmath>

#include "tests/contract.hpp"
#include "tests/run.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::creativity {

namespace {

std::vector<std::string> with(std::vector<std::string> settings, const std::string& more = "") {
  settings.push_back("experiment.steps=3");
  settings.push_back("sampling.walkers=3");
  settings.push_back("sampling.replicas=1");
  if (!more.empty()) settings.push_back(more);
  return settings;
}

/// Three images of 3 x 3 pixels.
std::vector<std::string> images(const test::ScratchFolder& folder, const std::string& machine) {
  const std::string file =
      folder.write("images.csv", "1,0,1,0,0,1,1,0,1\n0,0,1,1,0,1,0,0,1\n1,1,0,1,0,0,1,0,0\n");
  return {"target.kind=image_patches", "target.file=" + file, "target.machine=" + machine,
          "target.patch=3"};
}

}  // namespace

TEST_CASE("Contract of creativity", "[unit][experiment]") {
  const test::ScratchFolder folder;
  test::check_contract("creativity", with(images(folder, "ls")));
  test::check_contract("creativity",
                       with(images(folder, "els_valid"), "experiment.sampler=bridge"));
  // Clean data of a known law take the place of training images.
  test::check_contract(
      "creativity", with({"target.kind=ising_lattice", "target.side=3", "target.temperature=2"}));
}

TEST_CASE("The score of whole images copies them", "[unit][experiment]") {
  const test::ScratchFolder folder;
  auto settings = images(folder, "is");
  settings.push_back("sampling.walkers=8");
  settings.push_back("experiment.steps=200");
  const test::Run run = test::run("creativity", settings);
  CHECK(run.prediction("copies") == 1);
  CHECK(run.estimates.at("copies").mean[0] == 1);
  CHECK(run.estimates.at("nearest_distance").mean[0] < 0.05);
  // Each image and its nearest other differ in 3, 3 and 5 of 9 pixels.
  CHECK(run.fact("data_distance")[0] == Approx((2 * std::sqrt(3.0) + std::sqrt(5.0)) / 9));
}

TEST_CASE("creativity refuses scores without images", "[unit][experiment]") {
  test::check_refusal("creativity", {"target.preset=two_deltas"}, "target.kind", "needs a lattice");
  test::check_refusal("creativity",
                      {"target.kind=uniform_patches", "target.side=4", "target.patch=3"},
                      "target.kind", "training images");
  const test::ScratchFolder folder;
  test::check_refusal("creativity", with(images(folder, "ls"), "target.n=1"), "target.n",
                      "at least two");
  test::check_refusal("creativity", with(images(folder, "els_wrapped"), "target.side=6"),
                      "target.side", "same size");
}

}  // namespace symbreak::experiment::creativity
