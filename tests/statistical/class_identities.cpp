// What a state's class is must agree with P(class|x): states between classes (M = 0, patterns in a draw)
// and classes that overlap. Fixed seeds; a check at 4 standard errors fails by chance with probability
// 6e-5. With the class of the nearest centre, or none for a draw, they are 5 to 70 errors off.
#include "tests/run.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;

namespace {

using Words = std::vector<std::string>;

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"sampling.walkers=256", "sampling.blocks=4", "sampling.replicas=4"});
  return words;
}

const std::vector<Words> kTargets = {
    {"target.kind=ising_lattice", "target.side=2", "target.temperature=10"},
    {"target.kind=curie_weiss", "target.dimension=4", "target.coupling=0.5"},
    {"target.kind=hopfield", "target.dimension=5", "target.patterns=2", "target.temperature=1.2"},
    {"target.kind=ising_mixture", "target.side=2", "target.couplings=0.1,0.8"},
    {"target.kind=gaussian_mixture", "target.m=0.5", "target.class_std=0.5,1",
     "target.weights=1,3"}};

}  // namespace

TEST_CASE("Classes of U-turns, clones and late starts are those of P(class|x)") {
  const Words target = GENERATE(from_range(kTargets));
  INFO(target.front());
  const Words exact = {"experiment.t=0.5", "experiment.steps=20", "experiment.sampler=transition"};
  CHECK(std::abs(test::run("u_turn", with(target, exact)).deviation("class_identity", 0)) < 4);
  CHECK(std::abs(test::run("speciation", with(target, exact)).deviation("clone_identity", 0)) < 4);
  const auto late =
      test::run("late_start", with(target, {"experiment.t_start=1", "experiment.steps=60"}));
  CHECK(std::abs(late.deviation("occupation_gap", 0)) < 4);
  CHECK(std::abs(test::run("commitment", with(target, {"experiment.t=0.5"}))
                     .deviation("class_identity", 0)) < 4);
}

TEST_CASE("Generated data of overlapping classes have their weights") {
  const auto run = test::run("generation", with(kTargets.back(), {"experiment.steps=100"}));
  CHECK(std::abs(run.deviation("branch_occupation", 0.25)) < 4);
}

TEST_CASE("U-turns from almost nothing but noise end at data") {
  // y y' = +-1 with even odds: the error of its mean of 2^14 turns is 2^-7, known from 64 blocks to
  // 9 %.
  // Runs that end at 1e-4 of where they start end at clean means of .01.
  const auto run =
      test::run("u_turn", {"target.preset=two_deltas", "experiment.t=1e6", "experiment.steps=100",
                           "experiment.sampler=bridge_heun", "sampling.walkers=256",
                           "sampling.blocks=16", "sampling.replicas=4"});
  CHECK(std::abs(run.deviation("overlap_return", 0)) < 4);
  CHECK(run.estimates.at("overlap_return").error[0] * 128 == Approx(1).margin(0.4));
}

TEST_CASE("Data that are alike, far from 0 or small return as often as their weights say") {
  // E sum_j w_j^2 tells two equal data apart; closeness is measured by the spread of the data.
  const auto [points, t] = GENERATE(table<std::string, std::string>(
      {{"1,1,-1", "1"}, {"10001,10001,9999", "1"}, {"1e-4,-1e-4,0.5e-4", "1e-8"}}));
  INFO(points);
  const auto run =
      test::run("u_turn", {"target.preset=custom", "target.dimension=1", "target.points=" + points,
                           "experiment.t=" + t, "experiment.sampler=transition",
                           "sampling.walkers=256", "sampling.blocks=8", "sampling.replicas=4"});
  CHECK(std::abs(run.deviation("return_identity", 0)) < 4);
}

TEST_CASE("The entropy of data that are alike is that of their places") {
  const auto run = test::run("entropy_clock",
                             {"target.preset=custom", "target.dimension=1", "target.points=1,1,-1",
                              "sampling.walkers=16", "sampling.blocks=2", "sampling.replicas=1"});
  CHECK(run.prediction("data_entropy") == Approx(std::log(3) - 2 * std::log(2) / 3));
}

TEST_CASE("A place that data of two classes share belongs to both") {
  const std::string unit = GENERATE("", "e-6");  // small data are told apart as well
  std::string places;
  for (const char* place : {"1,1", "1,1", "1,1", "-1,1", "-1,-1"}) {
    const std::string x = place;
    const auto comma = x.find(',');
    places += x.substr(0, comma) + unit + x.substr(comma) + unit + "\n";
  }
  const test::ScratchFile points("points.csv", places), labels("labels.csv", "0\n1\n1\n0\n1\n");
  const Words both = {"target.kind=dataset",
                      "target.file=" + points.path(),
                      "target.labels=" + labels.path(),
                      "sampling.walkers=256",
                      "sampling.blocks=4",
                      "sampling.replicas=4"};
  const auto on_both = [&](const std::string& kind, Words words) {
    words.insert(words.end(), both.begin(), both.end());
    return test::run(kind, words);
  };
  const auto turned = on_both(
      "u_turn", {"experiment.t=0.5", "forward.sigma=1" + unit, "experiment.sampler=transition"});
  CHECK(std::abs(turned.deviation("class_identity", 0)) < 4);
  CHECK(turned.estimates.at("class_kept").mean[0] < 0.9);
  const auto made = on_both("generation", {"experiment.steps=100"});
  CHECK(std::abs(made.deviation("branch_occupation", 0.4)) < 4);
}
