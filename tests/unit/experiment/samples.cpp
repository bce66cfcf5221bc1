// Samples from files: the shares against sums over all pairs written down here, copies of the data,
// the null of held-out data, features and classes by a worker refused where there are none.
#include <cmath>

#include "analysis/findings/samples/observables.hpp"
#include "tests/contract.hpp"
#include "tests/npy.hpp"
#include "tests/run.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::samples {

namespace {

using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::VectorXd;
namespace observable = findings::samples::observable;

MatrixXf normal_points(Index d, Index n, std::uint64_t seed) {
  random::Stream stream({.seed = seed});
  MatrixXd y(d, n);
  stream.normals({y.data(), static_cast<std::size_t>(y.size())});
  return y.cast<float>();
}

std::string as_npy(const MatrixXf& columns) {
  return test::npy(fmt::format("{}, {}", columns.cols(), columns.rows()), columns.data(),
                   static_cast<std::size_t>(columns.size()));
}

/// A folder with data (60 of them, 40 held out) and samples of the same law, 12 of them near copies.
struct Files {
  static constexpr Index d = 4, training = 60, held_out = 40, samples = 50, copied = 12;
  MatrixXf data = normal_points(d, training + held_out, 1),
           generated = normal_points(d, samples, 2);
  test::ScratchFolder folder;
  std::vector<std::string> settings;

  Files() {
    for (Index k = 0; k < copied; ++k) {
      generated.col(k) = data.col(5 * k) + 1e-3F * normal_points(d, 1, 50 + k);
    }
    settings = {"target.kind=dataset", "target.file=" + folder.write("data.npy", as_npy(data)),
                fmt::format("target.held_out={}", held_out),
                "experiment.samples=" + folder.write("step_00200.npy", as_npy(generated)),
                "sampling.blocks=7"};
  }
  std::vector<std::string> with(const std::vector<std::string>& more) const {
    std::vector<std::string> all = settings;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

/// Distances of a point to these, sorted.
std::vector<double> sorted_distances(const MatrixXf& points, Index count, const VectorXd& to) {
  std::vector<double> all;
  for (Index j = 0; j < count; ++j) all.push_back((points.col(j).cast<double>() - to).norm());
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("Samples keep the contract", "[unit][experiment]") {
  const Files files;
  test::check_contract("samples", files.settings);
  test::check_contract("samples", files.with({"target.held_out=0"}));
}

TEST_CASE("Shares of samples are those of all pairs", "[unit][experiment]") {
  const Files files;
  const test::Run run = test::run("samples", files.settings);
  double memorized = 0, held_out = 0, own = 0, nearest = 0, spurious = 0;
  for (Index k = 0; k < Files::samples; ++k) {
    const VectorXd y = files.generated.col(k).cast<double>();
    const auto all = sorted_distances(files.data, Files::training, y);
    const auto own_half = sorted_distances(files.data, Files::held_out, y);
    const auto other_half =
        sorted_distances(files.data.rightCols(Files::held_out), Files::held_out, y);
    const auto twins = sorted_distances(files.generated, Files::samples, y);
    const bool copy = all[0] < all[1] / 3;
    memorized += copy ? 1 : 0;
    own += own_half[0] < other_half[0] ? 1 : 0;
    nearest += all[0] / 2;
    spurious += !copy && twins[1] < all[0] / 3 ? 1 : 0;
  }
  for (Index k = 0; k < Files::held_out; ++k) {
    const auto all = sorted_distances(files.data, Files::training,
                                      files.data.col(Files::training + k).cast<double>());
    held_out += all[0] < all[1] / 3 ? 1 : 0;
  }
  const auto measured = [&](verdict::ObservableName name) {
    return run.estimates.at(name.string()).mean[0];
  };
  CHECK(memorized >= Files::copied);
  CHECK(measured(observable::memorized) == Approx(memorized / Files::samples));
  CHECK(measured(observable::memorized_held_out) == Approx(held_out / Files::held_out));
  CHECK(measured(observable::own_half) == Approx(own / Files::samples));
  CHECK(measured(observable::nearest_distance) == Approx(nearest / Files::samples).epsilon(1e-6));
  CHECK(measured(observable::spurious) == Approx(spurious / Files::samples));
  const VectorXd copies = run.estimates.at(observable::copies_per_datum.string()).mean;
  CHECK(copies.size() == Files::training);
  CHECK(copies.sum() == Approx(memorized / Files::samples));
  CHECK(copies[5] >= 1.0 / Files::samples);
  CHECK(run.fact("number") == std::vector<double>{200});
  // The errors of shares are binomial.
  const double share = memorized / Files::samples;
  CHECK(run.estimates.at(observable::memorized.string()).error[0] ==
        Approx(std::sqrt(share * (1 - share) / (Files::samples - 1))));
}

TEST_CASE("Distances of laws vanish for the data themselves", "[unit][experiment]") {
  const Files files;
  const std::string same =
      files.folder.write("same_1.npy", as_npy(files.data.rightCols(Files::held_out)));
  const test::Run run = test::run("samples", files.with({"experiment.samples=" + same}));
  CHECK(std::abs(run.estimates.at("frechet_distance").mean[0]) < 1e-10);
  CHECK(run.estimates.at("wasserstein_2_squared").mean[0] == 0);
  CHECK(run.estimates.at("frechet_held_out").mean[0] > 0.01);
  CHECK(run.estimates.at("own_half").mean[0] == 0);
  // Shifted by one standard deviation along every axis: |shift|^2 is what a Frechet distance adds.
  MatrixXf shifted = files.data.rightCols(Files::held_out);
  shifted.array() += 1;
  const std::string away = files.folder.write("shifted.npy", as_npy(shifted));
  const test::Run moved = test::run("samples", files.with({"experiment.samples=" + away}));
  CHECK(moved.estimates.at("frechet_distance").mean[0] == Approx(Files::d).epsilon(1e-4));
}

TEST_CASE("Spurious attractors are told from copies", "[unit][experiment]") {
  Files files;
  for (Index k = 20; k < 25; ++k) files.generated.col(k).setConstant(3.5F);  // where no datum is
  const std::string name = files.folder.write("spurious.npy", as_npy(files.generated));
  const test::Run run = test::run("samples", files.with({"experiment.samples=" + name}));
  CHECK(run.estimates.at("spurious").mean[0] >= 5.0 / Files::samples);
  CHECK(run.estimates.at("memorized").mean[0] < 30.0 / Files::samples);
}

TEST_CASE("What cannot be compared is refused", "[unit][experiment]") {
  const Files files;
  const std::string one = "experiment.samples=" + files.folder.write("one.csv", "1\n2\n");
  test::check_refusal("samples", files.with({"target.n=1"}), "target.n", "a second one");
  test::check_refusal("samples",
                      {"target.kind=curie_weiss", "target.dimension=4", "target.coupling=0.5", one},
                      "target.kind", "points of a dataset");
  test::check_refusal("samples", files.with({one}), "experiment.samples", "samples of 1 numbers");
  test::check_refusal("samples", files.with({"experiment.space=features"}), "experiment.space",
                      "target.kind = network");
}

}  // namespace symbreak::experiment::samples
