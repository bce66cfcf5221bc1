// A network behind a worker: the hello, the same bits as the same arithmetic in this process, Jacobian
// products by differences within their stated error, turns of several workers. The worker is the
// example in C: none of this needs Python.
#include <signal.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>

#include "sim/target/network/network.hpp"
#include "tests/run.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
namespace network = target::network;

namespace {

constexpr double kVariance = 0.7;

/// Settings of a deck: Gaussian data of this dimension and their score in another process.
std::vector<std::string> through_worker(Index d, const std::vector<std::string>& more = {}) {
  std::vector<std::string> settings = {"target.kind=network",
                                       "target.worker=" SYMBREAK_WORKER,
                                       fmt::format("target.arguments={} {}", d, kVariance),
                                       "target.data=gaussian_mixture",
                                       fmt::format("target.dimension={}", d),
                                       "target.m=0",
                                       fmt::format("target.std={:.17g}", std::sqrt(kVariance))};
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

std::shared_ptr<const target::Network> make_worker(Index d,
                                                   const std::vector<std::string>& more = {}) {
  return std::dynamic_pointer_cast<const target::Network>(
      target::build_denoiser(test::parameters("generation", through_worker(d, more))));
}

MatrixXd some_states(Index d, Index walkers, std::uint64_t seed) {
  random::Stream stream({.seed = seed});
  MatrixXd x(d, walkers);
  stream.normals({x.data(), static_cast<std::size_t>(x.size())});
  return x;
}

/// What the worker computes, in this process: with the data of the network.
class SameArithmetic final : public target::Denoiser,
                             public target::CleanData,
                             public target::ClassScore {
 public:
  explicit SameArithmetic(std::shared_ptr<const target::Target> data) : data_(std::move(data)) {}
  Index dimension() const override { return data_->dimension(); }
  MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return jacobian_product(x, beta, x);
  }
  MatrixXd jacobian_product(const target::States&, const target::Betas& beta,
                            const target::States& v) const override {
    return times(v, beta, kVariance);
  }
  MatrixXd class_mean(const target::States& x, const target::Betas& beta,
                      Index label) const override {
    return times(x, beta, static_cast<double>(label + 1) * kVariance);
  }
  void sample_class(random::Stream& stream, Index label, Eigen::Ref<MatrixXd> y) const override {
    target::part<target::ClassScore>(*data_)->sample_class(stream, label, y);
  }
  Moments class_moments(Index label, const VectorXd& direction) const override {
    return target::part<target::ClassScore>(*data_)->class_moments(label, direction);
  }
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    data_->sample(stream, y);
  }
  VectorXd mean_of_target() const override { return data_->mean_of_target(); }
  std::optional<MatrixXd> covariance() const override { return data_->covariance(); }
  MatrixXd order_axes() const override { return data_->order_axes(); }
  Index classes() const override { return data_->classes(); }
  VectorXd class_weights() const override { return data_->class_weights(); }
  std::vector<Index> classify(const target::States& y) const override { return data_->classify(y); }
  bool has_law() const override { return data_->has_law(); }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    data_->sample_law(stream, y);
  }

 private:
  static MatrixXd times(const target::States& v, const target::Betas& beta, double variance) {
    MatrixXd y(v.rows(), v.cols());
    for (Index k = 0; k < v.cols(); ++k) {
      const double s = 1 / beta[k];
      const double factor = variance / (variance + s);
      y.col(k) = factor * v.col(k);
    }
    return y;
  }
  std::shared_ptr<const target::Target> data_;
};

bool equal_bits(const MatrixXd& a, const MatrixXd& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

}  // namespace

TEST_CASE("A hello is read, and what is wrong with one is said") {
  const network::Hello hello = network::read_hello(
      R"({"symbreak_worker": 1, "shape": [3, 4, 5], "s": [0.01, null], "jacobian": true,
          "features": 7, "weights": "ab", "deterministic": false, "conditional": 3,
          "later": "unknown keys"})");
  CHECK(hello.dimension() == 60);
  CHECK(hello.lowest == 0.01);
  CHECK(std::isinf(hello.highest));
  CHECK((hello.jacobian && !hello.deterministic && hello.features == 7 && hello.classes == 0));
  CHECK((hello.conditional == 3 && !hello.single));
  CHECK(network::read_hello(R"({"symbreak_worker": 1, "shape": [1], "number": "float32"})").single);
  CHECK(network::read_hello(R"({"symbreak_worker": 1, "shape": [1]})").conditional == 0);
  const auto refused = [](const std::string& line, const std::string& words) {
    CHECK_THROWS_WITH(network::read_hello(line), Catch::Contains(words));
  };
  refused("ready", "no hello");
  refused("[1]", "no hello");
  refused(R"({"symbreak_worker": 2, "shape": [1]})", "version 2");
  refused(R"({"symbreak_worker": 1})", "no 'shape'");
  refused(R"({"symbreak_worker": 1, "shape": [0]})", "no list of sides");
  refused(R"({"symbreak_worker": 1, "shape": [1e5, 1e5]})", "no list of sides");
  refused(R"({"symbreak_worker": 1, "shape": "28"})", "'shape' in its hello is");
  refused(R"({"symbreak_worker": 1, "shape": [2], "s": [1, 1]})", "empty range");
  refused(R"({"symbreak_worker": 1, "shape": [2], "s": 3})", "no range");
  refused(R"({"symbreak_worker": 1, "shape": [2], "number": "half"})", "expected 'float64' or");
  refused(R"({"symbreak_worker": 1, "shape": [2], "features": -1})", "expected a count");
  refused(R"({"symbreak_worker": 1, "shape": [2], "jacobian": "yes"})", "another type");
}

TEST_CASE("A worker's answers are the bits of the same arithmetic, however they are asked for") {
  const Index d = 5, walkers = 41;
  const MatrixXd x = some_states(d, walkers, 1), v = some_states(d, walkers, 2);
  VectorXd beta(walkers);
  for (Index k = 0; k < walkers; ++k) beta[k] = std::exp(0.3 * static_cast<double>(k) - 5);
  for (const char* batch : {"target.batch=256", "target.batch=7", "target.batch=1"}) {
    const auto asked = make_worker(d, {batch});
    const SameArithmetic same(asked->data());
    CHECK(equal_bits(asked->mean(x, beta), same.mean(x, beta)));
    CHECK(equal_bits(asked->jacobian_product(x, beta, v), same.jacobian_product(x, beta, v)));
    for (const Index label : {0, 1}) {
      CHECK(equal_bits(asked->class_mean(x, beta, label), same.class_mean(x, beta, label)));
    }
    CHECK(asked->jacobian_error(1) == 0);
    CHECK(asked->begin() == fmt::format("weights gaussian {}", kVariance));
  }
}

TEST_CASE("Experiments through a worker give the bits of the same score at home") {
  const std::vector<std::vector<std::string>> cases = {
      {"generation"},
      {"entropy_clock"},
      {"guidance", "target.m=1", "experiment.t=1", "experiment.form=cfg", "experiment.class=2"}};
  for (const std::vector<std::string>& each : cases) {
    const std::string& kind = each.front();
    std::vector<std::string> settings =
        through_worker(3, {"sampling.walkers=32", "sampling.blocks=2", "sampling.replicas=2"});
    settings.insert(settings.end(), each.begin() + 1, each.end());
    const deck::Parameters point = test::parameters(kind, settings);
    const test::Run away = test::run(kind, settings);
    const auto data = target::part<target::Network>(*target::build_denoiser(point))->data();
    const auto same = std::make_shared<SameArithmetic>(data);
    target::lend(point, {}, same);
    const test::Run home = test::run(kind, settings);
    CHECK_FALSE(away.estimates.empty());
    for (const auto& [name, estimate] : away.estimates) {
      INFO(kind << " " << name);
      CHECK(equal_bits(estimate.mean, home.estimates.at(name).mean));
      CHECK(equal_bits(estimate.error, home.estimates.at(name).error));
    }
  }
}

TEST_CASE("Guided generation through a worker: the bits of guided clean means made at home") {
  const Index walkers = 16;
  const auto settings = through_worker(
      3, {"target.m=1", "experiment.weight=2", "experiment.class=2", "experiment.steps=20",
          fmt::format("sampling.walkers={}", walkers), "sampling.blocks=2", "sampling.replicas=1"});
  const test::Run away = test::run("guided_generation", settings);
  const auto point = test::parameters("guided_generation", settings);
  const auto same = std::make_shared<SameArithmetic>(
      target::part<target::Network>(*target::build_denoiser(point))->data());
  target::lend(point, {}, same);
  const test::Run home = test::run("guided_generation", settings);
  CHECK(away.estimates.size() == 6);
  for (const auto& [name, estimate] : home.estimates) {
    INFO(name);
    CHECK(equal_bits(estimate.mean, away.estimates.at(name).mean));
  }
  // The law beside it is that of two Gaussian classes, which its predictions are of.
  CHECK(away.prediction("shift") > 0.1);
}

TEST_CASE("Guidance refuses a worker that takes other classes than the data have") {
  // The example in C takes two; whether it is started first makes no difference.
  const test::ScratchFile points("points.csv", "0,0\n1,0\n0,1\n"),
      labels("labels.csv", "0\n1\n2\n");
  const auto refused = [](const std::function<void()>& ask) {
    try {
      ask();
      FAIL("accepted");
    } catch (const deck::KeyError& error) {
      CHECK(error.key == "target.worker");
      CHECK_THAT(error.what(), Catch::Contains("takes 2 classes as an argument") &&
                                   Catch::Contains("3 classes of the data"));
    }
  };
  const auto network = [&](const std::string& batch) {
    return make_worker(2, {"target.data=dataset", "target.file=" + points.path(),
                           "target.labels=" + labels.path(), "target.batch=" + batch});
  };
  const auto first = network("4");
  first->will_ask_for_classes();
  refused([&] { first->begin(); });
  const auto second = network("8");
  second->begin();
  refused([&] { second->will_ask_for_classes(); });
}

TEST_CASE("Units on a worker can be interrupted") {
  const auto settings =
      through_worker(2, {"sampling.walkers=8", "sampling.blocks=3", "sampling.replicas=1"});
  const measure::UnitAddress address{.seed = 3, .point = 7, .disorder_point = 7};
  const test::Run straight = test::run("generation", settings, address);
  const test::Run interrupted = test::run("generation", settings, address, true);
  for (const auto& [name, estimate] : straight.estimates) {
    CHECK(equal_bits(estimate.mean, interrupted.estimates.at(name).mean));
  }
}

TEST_CASE("Networks of a sweep take turns, and know each other's answers apart") {
  const auto one = make_worker(2), other = make_worker(3);
  const MatrixXd x2 = some_states(2, 4, 3), x3 = some_states(3, 4, 4);
  const VectorXd beta = VectorXd::Constant(4, 2);
  for (int turn = 0; turn < 3; ++turn) {
    CHECK(equal_bits(one->mean(x2, beta), SameArithmetic(one->data()).mean(x2, beta)));
    CHECK(equal_bits(other->mean(x3, beta), SameArithmetic(other->data()).mean(x3, beta)));
  }
}

TEST_CASE("A worker that does not fit is refused at its key") {
  const auto refused = [](const std::vector<std::string>& settings, const std::string& words) {
    try {
      make_worker(4, settings)->begin();
      FAIL("accepted");
    } catch (const deck::KeyError& error) {
      CHECK_THAT(error.key, Catch::StartsWith("target."));
      CHECK_THAT(error.what(), Catch::Contains(words));
    }
  };
  refused({"target.arguments=5 1"}, "shape 5, the data have 4");
  refused({"target.lattice=3, 3"}, "do not divide");
  refused({"target.classify=worker"}, "tells 0 classes apart");
  refused({"target.arguments=4"}, "status 2");
  refused({"target.data=dataset"}, "needs a file");
  const test::ScratchFile plain("plain", "text");
  refused({"target.worker=" + plain.path()}, "may not be executed");
  refused({"target.data=gaussian_mixture", "target.means=file"}, "beside a network");
}

TEST_CASE("A step of differences is found where truncation and rounding balance") {
  // tanh in double and in single precision, and a function that is linear: the error stated holds,
  // and is not a wild exaggeration. Its slope is known.
  const Index d = 3, probes = 8;
  const auto gain = [](Index i) { return 0.5 + static_cast<double>(i); };
  const MatrixXd x = some_states(d, probes, 5), v = some_states(d, probes, 6);
  for (const double s : {1e-3, 1.0, 50.0}) {
    for (const bool single : {false, true}) {
      const network::CleanMeanOf mean = [&](const MatrixXd& at, const VectorXd& noise) {
        MatrixXd y(at.rows(), at.cols());
        for (Index k = 0; k < at.cols(); ++k) {
          for (Index i = 0; i < at.rows(); ++i) {
            const double h = gain(i) * at(i, k) / std::sqrt(noise[k]);
            y(i, k) = single ? static_cast<double>(std::tanh(static_cast<float>(h))) : std::tanh(h);
          }
        }
        return y;
      };
      const network::DifferenceStep found = network::find_step(mean, x, s, v, 4);
      const VectorXd noise = VectorXd::Constant(probes, s);
      const MatrixXd product =
          network::difference_product(mean, x, noise, v, VectorXd::Constant(probes, found.step));
      MatrixXd exact(d, probes);
      for (Index k = 0; k < probes; ++k) {
        for (Index i = 0; i < d; ++i) {
          const double t = std::tanh(gain(i) * x(i, k) / std::sqrt(s));
          exact(i, k) = (1 - t * t) * gain(i) / std::sqrt(s) * v(i, k);
        }
      }
      const double error = (product - exact).norm() / exact.norm();
      INFO("s = " << s << ", single " << single << ": step " << found.step << ", stated "
                  << found.error << ", true " << error);
      CHECK(error <= found.error);
      CHECK(found.error < (single ? 5e-3 : 2e-7));
      CHECK(found.error < 300 * error);
    }
  }
}

TEST_CASE("Differences of a worker's clean means agree with its own products") {
  const Index d = 4;
  const auto own = make_worker(d), differences = make_worker(d, {"target.jacobian=differences"});
  const MatrixXd x = some_states(d, 16, 7), v = some_states(d, 16, 8);
  for (const double s : {0.01, 1.0, 30.0}) {
    const VectorXd beta = VectorXd::Constant(16, 1 / s);
    const MatrixXd exact = own->jacobian_product(x, beta, v),
                   found = differences->jacobian_product(x, beta, v);
    const double stated = differences->jacobian_error(s);
    CHECK(stated > 0);
    CHECK((found - exact).norm() <= 4 * stated * exact.norm());
    CHECK(stated < 1e-9);
  }
}
