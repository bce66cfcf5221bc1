// Denoisers that no deck can describe, lent to the registry: a score with clean data and nothing
// else runs every experiment that asks for no more, and gives the bits of the target that it hides.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <set>

#include "sim/experiment/registry.hpp"
#include "tests/parameters.hpp"
#include "tests/run.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// The clean mean and the data of a known target, without its posterior.
class Hidden final : public target::Denoiser, public target::CleanData {
 public:
  explicit Hidden(std::shared_ptr<const target::Target> target) : target_(std::move(target)) {}
  Index dimension() const override { return target_->dimension(); }
  MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return target_->mean(x, beta);
  }
  MatrixXd jacobian_product(const target::States& x, const target::Betas& beta,
                            const target::States& v) const override {
    return target_->jacobian_product(x, beta, v);
  }
  std::vector<Index> lattice() const override { return target_->lattice(); }
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    target_->sample(stream, y);
  }
  VectorXd mean_of_target() const override { return target_->mean_of_target(); }
  std::optional<MatrixXd> covariance() const override { return target_->covariance(); }
  MatrixXd order_axes() const override { return target_->order_axes(); }
  std::optional<double> critical_noise() const override { return target_->critical_noise(); }
  bool even() const override { return target_->even(); }
  bool fixed_norm() const override { return target_->fixed_norm(); }
  Index classes() const override { return target_->classes(); }
  VectorXd class_weights() const override { return target_->class_weights(); }
  std::vector<Index> classify(const target::States& y) const override {
    return target_->classify(y);
  }

 private:
  std::shared_ptr<const target::Target> target_;
};

/// Two deltas at +-1, written down from <y> = tanh(beta x).
class TwoDeltas final : public target::Denoiser, public target::CleanData {
 public:
  Index dimension() const override { return 1; }
  MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return (x.array().rowwise() * beta.transpose().array()).tanh().matrix();
  }
  MatrixXd jacobian_product(const target::States& x, const target::Betas& beta,
                            const target::States& v) const override {
    return ((1 - mean(x, beta).array().square()).rowwise() * beta.transpose().array() * v.array())
        .matrix();
  }
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    for (Index i = 0; i < y.cols(); ++i) y(0, i) = stream.uniform() < 0.5 ? -1 : 1;
  }
  VectorXd mean_of_target() const override { return VectorXd::Zero(1); }
  std::optional<MatrixXd> covariance() const override { return MatrixXd::Ones(1, 1); }
  MatrixXd order_axes() const override { return MatrixXd::Ones(1, 1); }
  bool even() const override { return true; }
  Index classes() const override { return 2; }
  VectorXd class_weights() const override { return VectorXd::Constant(2, 0.5); }
  std::vector<Index> classify(const target::States& y) const override {
    std::vector<Index> classes;
    for (Index i = 0; i < y.cols(); ++i) classes.push_back(y(0, i) < 0 ? 0 : 1);
    return classes;
  }
};

/// Which experiments ask for a score and data, and for nothing beyond a lattice.
std::set<std::string> undemanding() {
  std::set<std::string> names;
  for (const auto& kind : experiment::kinds()) {
    if (kind.name == "samples") continue;  // asks for the points of a dataset, not for a score
    if (kind.name == "score_spectrum") continue;  // the Jacobian of a score need not be symmetric
    if (kind.name == "locality") continue;        // windows are not asked of a score
    bool data = false, more = false;
    for (const target::Part part : kind.needs) {
      data = data || part == target::Part::clean_data;
      more = more || (part != target::Part::denoiser && part != target::Part::clean_data &&
                      part != target::Part::lattice);
    }
    if (data && !more) names.insert(kind.name);
  }
  return names;
}

/// Small decks of each, on points and on a lattice where they need one.
const std::map<std::string, std::vector<std::string>> kDecks = {
    {"generation",
     {"experiment.steps=20", "sampling.walkers=32", "sampling.blocks=2", "sampling.replicas=1"}},
    {"fast_samplers",
     {"experiment.steps=8", "sampling.walkers=64", "sampling.blocks=2", "sampling.replicas=1"}},
    {"late_start",
     {"experiment.t_start=2", "experiment.steps=10", "sampling.walkers=64", "sampling.blocks=2",
      "sampling.replicas=1"}},
    {"guidance",
     {"experiment.t=1", "experiment.steps=20", "sampling.walkers=64", "sampling.blocks=2",
      "sampling.replicas=1"}},
    {"speciation",
     {"experiment.t=1", "experiment.steps=20", "sampling.walkers=64", "sampling.blocks=2",
      "sampling.replicas=1"}},
    {"u_turn",
     {"experiment.t=1", "experiment.steps=20", "sampling.walkers=64", "sampling.blocks=2",
      "sampling.replicas=1"}},
    {"entropy_clock", {"sampling.walkers=64", "sampling.blocks=2", "sampling.replicas=1"}},
    {"score_comparison", {"sampling.walkers=64", "sampling.blocks=2", "sampling.replicas=1"}},
};

bool same_bits(const VectorXd& a, const VectorXd& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

}  // namespace

TEST_CASE("A score with data and no posterior gives the bits of the target that it hides") {
  for (const std::string& kind : undemanding()) {
    const auto deck = kDecks.find(kind);
    INFO(kind);
    REQUIRE(deck != kDecks.end());
    for (const std::vector<std::string>& law :
         {std::vector<std::string>{"target.kind=deltas", "target.preset=four_deltas"},
          std::vector<std::string>{"target.kind=ising_lattice", "target.side=3",
                                   "target.temperature=3", "target.posterior=exact"}}) {
      std::vector<std::string> settings = law;
      settings.insert(settings.end(), deck->second.begin(), deck->second.end());
      const deck::Parameters point = test::parameters(kind, settings);
      const test::Run known = test::run(kind, settings);
      const auto hidden = std::make_shared<Hidden>(target::build(point));
      target::lend(point, {}, hidden);
      const test::Run score = test::run(kind, settings);
      CHECK_FALSE(score.estimates.empty());
      for (const auto& [name, estimate] : score.estimates) {
        INFO(law.front() << " " << name);
        REQUIRE(known.estimates.contains(name));
        CHECK(same_bits(estimate.mean, known.estimates.at(name).mean));
        CHECK(same_bits(estimate.error, known.estimates.at(name).error));
      }
    }
  }
}

TEST_CASE("The spectrum of a score is that of the posterior that it hides") {
  const std::vector<std::string> settings = {"target.preset=four_deltas", "experiment.t=1",
                                             "sampling.walkers=16", "sampling.replicas=1"};
  const test::Run known = test::run("score_spectrum", settings);
  const deck::Parameters point = test::parameters("score_spectrum", settings);
  const auto hidden = std::make_shared<Hidden>(target::build(point));
  target::lend(point, {}, hidden);
  const test::Run score = test::run("score_spectrum", settings);
  for (const auto* name : {"eigenvalues", "trace", "count", "gap"}) {
    INFO(name);
    const VectorXd difference = score.estimates.at(name).mean - known.estimates.at(name).mean;
    CHECK(difference.cwiseAbs().maxCoeff() < 1e-8);
  }
}

TEST_CASE("A denoiser written down from tanh measures what the built-in two deltas measure") {
  const std::vector<std::string> settings = {"target.kind=deltas",   "target.preset=two_deltas",
                                             "experiment.steps=200", "sampling.walkers=256",
                                             "sampling.blocks=8",    "sampling.replicas=4"};
  const test::Run known = test::run("generation", settings, 5);
  target::lend(test::parameters("generation", settings), {}, nullptr);
  const auto home_made = std::make_shared<TwoDeltas>();
  target::lend(test::parameters("generation", settings), {}, home_made);
  const test::Run own = test::run("generation", settings, 6);
  CHECK(own.estimates.size() < known.estimates.size());  // no log Z, no entropy
  const auto& a = own.estimates.at("mean_overlap");
  const auto& b = known.estimates.at("mean_overlap");
  CHECK(std::abs(a.mean[0] - b.mean[0]) < 4 * std::hypot(a.error[0], b.error[0]));
  CHECK(std::abs(own.deviation("branch_occupation", 0.5)) < 4);
}
