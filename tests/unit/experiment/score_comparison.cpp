// A score beside others: of the data itself all distances are known; a Gaussian of another variance
// is as far as the closed form says; the curl of a shear is that of its matrix.
#include <cmath>

#include "analysis/findings/score_comparison/observables.hpp"
#include "tests/contract.hpp"
#include "tests/run.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::score_comparison {

namespace {

const std::vector<std::string> kSmall = {"experiment.t_start=20", "experiment.t_end=0.05",
                                         "experiment.records=5",  "sampling.walkers=64",
                                         "sampling.blocks=4",     "sampling.replicas=2"};

std::vector<std::string> joined(std::vector<std::string> all,
                                const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// D = M x of data N(0, 1): a Jacobian that is no gradient's.
class Sheared final : public target::Denoiser, public target::CleanData {
 public:
  explicit Sheared(target::MatrixXd matrix) : matrix_(std::move(matrix)) {}
  Index dimension() const override { return matrix_.rows(); }
  target::MatrixXd mean(const target::States& x, const target::Betas&) const override {
    return matrix_ * x;
  }
  target::MatrixXd jacobian_product(const target::States&, const target::Betas&,
                                    const target::States& v) const override {
    return matrix_ * v;
  }
  void sample(random::Stream& stream, Eigen::Ref<target::MatrixXd> y) const override {
    target::MatrixXd z(y.rows(), y.cols());
    stream.normals({z.data(), static_cast<std::size_t>(z.size())});
    y = z;
  }
  target::VectorXd mean_of_target() const override { return target::VectorXd::Zero(dimension()); }
  std::optional<target::MatrixXd> covariance() const override {
    return target::MatrixXd::Identity(dimension(), dimension());
  }
  target::MatrixXd order_axes() const override {
    return target::MatrixXd::Identity(dimension(), 1);
  }

 private:
  target::MatrixXd matrix_;
};

std::string thirty_points() {
  std::string text;
  for (int j = 0; j < 30; ++j) {
    for (int i = 0; i < 9; ++i) {
      text += fmt::format("{}{:.4f}", i > 0 ? "," : "", std::sin(1.7 * j + 2.3 * i + 0.4 * i * j));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("Score comparisons keep the contract", "[unit][experiment]") {
  const test::ScratchFile points("points.csv", thirty_points());
  const std::vector<std::string> dataset =
      joined(kSmall, {"target.kind=dataset", "target.file=" + points.path(), "target.held_out=10"});
  test::check_contract("score_comparison", dataset);
  test::check_contract("score_comparison",
                       joined(dataset, {"experiment.states=held_out", "experiment.curl=no"}));
  test::check_contract("score_comparison", kSmall);
  test::check_contract(
      "score_comparison",
      joined(kSmall, {"target.kind=network", "target.worker=" SYMBREAK_WORKER,
                      "target.arguments=9 1", "target.file=" + points.path(), "target.held_out=10",
                      "target.lattice=3, 3", "experiment.patch=3"}));
  test::check_contract(
      "score_comparison",
      joined(kSmall, {"target.kind=random_features", "target.data=dataset", "target.features=11",
                      "target.levels=3", "target.file=" + points.path(), "target.held_out=10"}));
}

TEST_CASE("The exact score of a dataset is at no distance from itself", "[unit][experiment]") {
  const test::ScratchFile points("points.csv", thirty_points());
  const test::Run run = test::run(
      "score_comparison", joined(kSmall, {"target.kind=dataset", "target.file=" + points.path(),
                                          "target.held_out=10"}));
  for (Index i = 0; i < 5; ++i) {
    CHECK(run.estimates.at("distance_data").mean[i] == 0);
    CHECK(run.estimates.at("distance_held_out").mean[i] > 1e-4);
    CHECK(run.estimates.at("antisymmetric").mean[i] <
          1e-12 * run.estimates.at("jacobian_square").mean[i]);
  }
}

TEST_CASE("Two Gaussian scores are as far apart as their closed forms", "[unit][experiment]") {
  // Data of variance 1, the worker's score is of variance v: D - D' = [v/(v+s) - 1/(1+s)] x, and
  // E x^2 = 1 + s.
  constexpr double v = 2;
  const test::Run run = test::run(
      "score_comparison", joined(kSmall, {"target.kind=network", "target.worker=" SYMBREAK_WORKER,
                                          "target.arguments=6 2", "target.data=gaussian_mixture",
                                          "target.dimension=6", "target.m=0", "target.std=1"}));
  const std::vector<double> noise = run.fact("noise");
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const double s = noise[i], difference = v / (v + s) - 1 / (1 + s);
    const auto at = static_cast<Index>(i);
    for (const char* name : {"distance_data", "distance_gaussian"}) {
      CHECK(std::abs(run.deviation(name, difference * difference * (1 + s), at)) < 4);
    }
    CHECK(std::abs(run.deviation("loss_data", s / (1 + s), at)) < 4);
    CHECK(std::abs(run.deviation("loss_gap", 0, at)) < 4);
    // J = v/(v+s) times the unit matrix.
    CHECK(run.estimates.at("jacobian_square").mean[at] == Approx(std::pow(v / (v + s), 2)));
    CHECK(run.estimates.at("antisymmetric").mean[at] < 1e-20);
    CHECK(run.estimates.at("jacobian_error").mean[at] == 0);
  }
}

TEST_CASE("A score before its training is a Gaussian, and as far from its data",
          "[unit][experiment]") {
  // The same two, without a worker: edm starts as the denoiser of variance v.
  const test::Run run =
      test::run("score_comparison",
                joined(kSmall, {"target.kind=random_features", "target.data=gaussian_mixture",
                                "target.dimension=6", "target.m=0", "target.std=1", "target.n=12",
                                "target.features=5", "target.levels=2", "target.training_time=0",
                                "target.centred=no", "target.variance=2"}));
  const std::vector<double> noise = run.fact("noise");
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const double s = noise[i], difference = 2 / (2 + s) - 1 / (1 + s);
    const auto at = static_cast<Index>(i);
    CHECK(std::abs(run.deviation("distance_data", difference * difference * (1 + s), at)) < 4);
    CHECK(std::abs(run.deviation("loss_gap", 0, at)) < 4);
  }
}

TEST_CASE("The curl of a score is that of its Jacobian", "[unit][experiment]") {
  target::MatrixXd matrix(3, 3);
  matrix << 0.5, 0.8, -0.1, 0.2, 0.4, 0, 0.6, -0.3, 0.7;
  const std::vector<std::string> settings =
      joined(kSmall, {"target.kind=gaussian_mixture", "target.dimension=3", "sampling.blocks=64"});
  const auto sheared = std::make_shared<Sheared>(matrix);
  target::lend(test::parameters("score_comparison", settings), {}, sheared);
  const test::Run run = test::run("score_comparison", settings);
  CHECK(run.estimates.count("distance_data") == 0);  // no law is known
  for (Index i = 0; i < 5; ++i) {
    CHECK(std::abs(run.deviation("antisymmetric", (matrix - matrix.transpose()).squaredNorm() / 12,
                                 i)) < 4);
    CHECK(std::abs(run.deviation("jacobian_square", matrix.squaredNorm() / 3, i)) < 4);
  }
}

TEST_CASE("What there is no reference for is refused", "[unit][experiment]") {
  test::check_refusal("score_comparison", joined(kSmall, {"experiment.patch=3"}),
                      "experiment.patch", "target.lattice");
  test::check_refusal("score_comparison",
                      {"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                       "target.posterior=monte_carlo"},
                      "target.kind", "evaluated, not sampled");
  test::check_refusal("score_comparison", joined(kSmall, {"experiment.t_end=30"}),
                      "experiment.t_start", "exceed");
}

}  // namespace symbreak::experiment::score_comparison
