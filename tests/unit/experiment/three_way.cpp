// The contract of three_way, for every sort of score; scores whose softening is known.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "sim/random/stream.hpp"
#include "sim/target/network/network.hpp"
#include "sim/target/patch/patch_data.hpp"
#include "tests/contract.hpp"
#include "tests/run.hpp"
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

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
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

TEST_CASE("Contract of three_way with scores of every sort", "[unit][experiment]") {
  const test::ScratchFolder folder;
  std::vector<std::string> all = settings(file_of(folder, 9, 100));
  append(all, {"experiment.scores=network,gaussian,real,memorizing,model",
               "experiment.memorizing_n=6,9", "experiment.patches=5,3,7"});
  test::check_refusal("three_way", all, "experiment.scores", "no network here");
  all.push_back("experiment.scores=gaussian,real,memorizing,model");
  test::check_contract("three_way", all);
  all.push_back("experiment.scores=gaussian,real");
  test::check_refusal("three_way", all, "experiment.memorizing_n", "no 'memorizing'");
}

TEST_CASE("three_way has its bits whatever else a deck may name", "[unit][experiment]") {
  const test::ScratchFolder folder;
  const std::string file = file_of(folder, 7, 100);
  const auto of = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = settings(file);
    append(all, more);
    return test::run("three_way", all, {.seed = 5, .point = 1, .disorder_point = 1});
  };
  const test::Run plain = of({}), named = of({"experiment.scores=model,memorizing,real"}),
                  both = of({"experiment.patches=3", "experiment.memorizing_n=7"});
  CHECK(plain.estimates.size() == 10);
  for (const auto& [name, estimate] : plain.estimates) {
    INFO(name);
    CHECK(named.estimates.at(name).mean == estimate.mean);
    CHECK(both.estimates.at(name).mean == estimate.mean);
  }
  // A machine of the list is the target's own one where it has its side.
  const test::Run wide = of({"target.patch=5", "experiment.scores=real"}),
                  beside = of({"experiment.patches=5,3", "experiment.scores=real"});
  CHECK(wide.estimates.at("real_softening").mean == beside.estimates.at("real_softening").mean);
  CHECK(beside.estimates.contains("real_2_softening"));
}

TEST_CASE("three_way: the Gaussian score of a known spectrum", "[unit][experiment]") {
  // +-A_j cos, sin of 2 pi j x/L along x: C v_k = lambda_j v_k, lambda_j = A_j^2 L^2/N, N = 20, up
  // to what the file rounds to; nothing in the uniform mode.
  const test::ScratchFolder folder;
  const int side = 10, count = 20;
  std::string text;
  std::array<double, 6> lambda{};
  for (int j = 1; j <= 5; ++j) {
    const double amplitude = 3.0 / j;
    // The last one has no sine: its cosine alone has twice the square.
    lambda[static_cast<std::size_t>(j)] =
        amplitude * amplitude * side * side / count * (j == 5 ? 2 : 1);
    for (const double phase : {0.0, M_PI / 2}) {
      for (const double sign : {1.0, -1.0}) {
        for (int i = 0; i < side * side; ++i) {
          text +=
              fmt::format("{}{:.17g}", i ? "," : "",
                          sign * amplitude * std::cos(2 * M_PI * j * (i % side) / side - phase));
        }
        text += "\n";
      }
    }
  }
  std::vector<std::string> all = settings("target.file=" + folder.write("waves.csv", text));
  append(all, {"experiment.scores=gaussian", "experiment.steps=6", "experiment.records=4",
               "experiment.s_start=50", "experiment.s_end=0.1", "sampling.walkers=40",
               "sampling.replicas=40"});
  const test::Run run = test::run("three_way", all);
  CHECK_FALSE(run.estimates.contains("prototype_eigenvalues"));
  std::vector<double> structure, softening;
  for (const auto& known : run.experiment->predictions()) {
    if (known.quantity == "gaussian_structure") structure = known.values;
    if (known.quantity == "gaussian_softening") softening = known.values;
  }
  REQUIRE(structure.size() == 4 * 6);
  // The steps one by one: <y> = a x of each mode, along x; along y there is nothing but x itself.
  const std::vector<double> recorded = run.fact("noise");
  CHECK(recorded.front() == Approx(50));
  for (std::size_t j = 0; j < 6; ++j) {
    double variance = 50;
    for (int level = 0; level <= 6; ++level) {
      const double s = 50 * std::pow(0.1 / 50, level / 6.0),
                   next = 50 * std::pow(0.1 / 50, (level + 1) / 6.0), r = next / s,
                   a = lambda[j] / (lambda[j] + s);
      if (level % 2 == 0) {
        const auto at = static_cast<std::size_t>(level / 2) * 6 + j;
        CHECK(recorded[at / 6] == Approx(s));
        INFO("mode " << j << ", s = " << s);
        CHECK(softening[at] == Approx(s / (s + lambda[j])).epsilon(1e-6));
        CHECK(run.estimates.at("gaussian_softening").mean[static_cast<Eigen::Index>(at)] ==
              Approx(softening[at]).epsilon(1e-12));
        CHECK(structure[at] == Approx(a * a * variance / 2).epsilon(1e-5).margin(1e-12));
        if (j > 0) {
          CHECK(std::abs(run.deviation("gaussian_structure", structure[at],
                                       static_cast<Eigen::Index>(at))) < 4);
        }
      }
      const double keeps = r + (1 - r) * a;
      variance = keeps * keeps * variance + next * (s - next) / s;
    }
  }
}

TEST_CASE("three_way: each memorizing score has prototypes of its own", "[unit][experiment]") {
  // At a large noise the weights are equal: the eigenvalues add up to tr C/s of the first N images.
  const test::ScratchFolder folder;
  std::vector<std::string> all = settings(file_of(folder, 12, 100));
  append(all, {"experiment.scores=memorizing", "experiment.memorizing_n=6,12",
               "experiment.s_start=1e6"});
  const test::Run run = test::run("three_way", all);
  const auto images = target::read_images(test::parameters("three_way", all)).values;
  for (const int count : {6, 12}) {
    const Eigen::MatrixXd first = images.leftCols(count);
    const Eigen::VectorXd norms =
        (first.colwise() - first.rowwise().mean()).colwise().squaredNorm();
    const std::string place = count == 6 ? "" : "_2";
    const Eigen::VectorXd& found = run.estimates.at("prototype_eigenvalues" + place).mean;
    // Six of them are all but the one of the mean, or those of half the images.
    const double trace = norms.mean() / 1e6;
    if (count == 6) CHECK(found.head(6).sum() == Approx(trace).epsilon(1e-3));
    if (count == 12) CHECK(found.head(6).sum() < trace);
    for (int a = 0; a < 6; ++a) {
      INFO(count << " images, " << a);
      CHECK(found[a] ==
            Approx(run.prediction(fmt::format("eigenvalue_{}{}", a, place))).margin(1e-12));
    }
  }
  CHECK(run.fact("memorized") == std::vector<double>{6, 12});
  const Eigen::VectorXd &few = run.estimates.at("memorizing_softening").mean,
                        &many = run.estimates.at("memorizing_2_softening").mean;
  CHECK((few - many).norm() > 0);
}

TEST_CASE("three_way: two networks that know their answers", "[unit][experiment]") {
  // <y> = v/(v + s) x: -s v_k* J v_k = s/(v + s) of every mode, v = 1 and 2.
  const test::ScratchFolder folder;
  const std::string second = folder.write("second", "#!/bin/sh\nexec " SYMBREAK_WORKER " 100 2\n");
  std::filesystem::permissions(second, std::filesystem::perms::owner_all);
  const std::vector<std::string> all = {"target.kind=network",    "target.worker=" SYMBREAK_WORKER,
                                        "target.arguments=100 1", file_of(folder, 7, 100),
                                        "target.lattice=10, 10",  "experiment.workers=" + second,
                                        "experiment.steps=3",     "experiment.scores=network",
                                        "experiment.records=2",   "experiment.s_start=9",
                                        "experiment.s_end=1",     "sampling.walkers=2",
                                        "sampling.replicas=2"};
  for (const std::size_t at_once : {1, 2}) {  // in turns, and side by side: the same
    target::keep_workers(at_once);
    const test::Run run = test::run("three_way", all);
    const Eigen::VectorXd &first = run.estimates.at("network_softening").mean,
                          &other = run.estimates.at("network_2_softening").mean;
    for (Eigen::Index j = 0; j < 6; ++j) {
      CHECK(first[j] == Approx(9.0 / 10).epsilon(1e-12));
      CHECK(first[6 + j] == Approx(1.0 / 2).epsilon(1e-12));
      CHECK(other[j] == Approx(9.0 / 11).epsilon(1e-12));
      CHECK(other[6 + j] == Approx(1.0 / 3).epsilon(1e-12));
    }
  }
  test::check_contract("three_way", all);

  const auto refused = [&](std::vector<std::string> more, const std::string& key,
                           const std::string& words) {
    more.insert(more.begin(), all.begin(), all.end());
    test::check_refusal("three_way", more, key, words);
  };
  refused({"experiment.checkpoints=" + second + "," + second}, "experiment.checkpoints",
          "2 checkpoints for 1 workers");
  refused({"experiment.scores=model"}, "experiment.workers", "no 'network'");
  refused({"experiment.scores=memorizing,network", "experiment.memorizing_n=8"},
          "experiment.memorizing_n", "there are 7 images, and 8 are asked for");
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
  test::check_refusal("three_way", settings(file, "experiment.scores=real,network"),
                      "experiment.scores", "kind = network");
  test::check_refusal("three_way", settings(file, "experiment.scores=real,real"),
                      "experiment.scores", "'real' twice");
  test::check_refusal("three_way", settings(file, "experiment.patches=5,5"), "experiment.patches",
                      "5 twice");
  test::check_refusal("three_way", settings(file, "experiment.patches=5,4"), "experiment.patches",
                      "odd");
  test::check_refusal("three_way", settings(file, "experiment.patches=5,11"), "experiment.patches",
                      "larger");
  test::check_refusal("three_way", settings(file, "experiment.memorizing_n=5"),
                      "experiment.memorizing_n", "too few");
  test::check_refusal("three_way", settings(file, "experiment.memorizing_n=8"),
                      "experiment.memorizing_n", "there are 7 images");
  CHECK_THROWS_WITH(test::parameters("three_way", settings(file, "experiment.scores=gausian")),
                    Catch::Contains("did you mean 'gaussian'"));
}

}  // namespace symbreak::experiment::three_way
