// Samplers of every target against its exact posterior. Fixed seeds; bounds of 4.5 standard errors:
// with some 150 comparisons, a change of seed gives a false alarm with probability 1e-3.
#include <catch2/catch.hpp>
#include <cmath>

#include "sim/target/finite_support.hpp"
#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

constexpr double kBound = 4.5;

/// Mean of samples against `expected`, in standard errors of the mean.
void check_mean(const std::string& what, const VectorXd& samples, double expected) {
  const double n = static_cast<double>(samples.size()), mean = samples.mean();
  const double error = std::sqrt((samples.array() - mean).square().sum() / (n - 1) / n);
  const double difference = mean - expected;
  INFO(what << ": reference " << expected << ", measured " << mean << " +- " << error << ", "
            << (error > 0 ? difference / error : 0) << " sigma");
  CHECK(std::abs(difference) <= kBound * error + 1e-6 * (1 + std::abs(expected)));
}

/// The sum of n copies, many times: mean, variance along a direction, mean of the squared norms.
void check_copies(const std::string& name, const target::Target& target, std::int64_t n,
                  double beta) {
  constexpr Index kRepeats = 3000;
  const Index d = target.dimension();
  const VectorXd x = 0.6 * test::states(d, 1), betas = VectorXd::Constant(1, beta);
  const VectorXd u = test::states(d, 9).col(8).normalized();
  const VectorXd mean = target.averages(x, betas).mean;
  const MatrixXd covariance =
      target.jacobian_product(x.replicate(1, d), VectorXd::Constant(d, beta),
                              MatrixXd::Identity(d, d)) /
      beta;
  const double copies = static_cast<double>(n), expected = copies * u.dot(mean);

  random::Stream stream({.seed = 7, .purpose = random::Purpose::copies});
  VectorXd along(kRepeats), squares(kRepeats), norms(kRepeats);
  for (Index r = 0; r < kRepeats; ++r) {
    const target::Target::CopySum sum = target.draw_copies(x, beta, n, stream);
    along[r] = u.dot(sum.sum);
    squares[r] = (along[r] - expected) * (along[r] - expected);
    norms[r] = sum.squared_norm;
  }
  const std::string where = name + ", " + std::to_string(n) + " copies, ";
  check_mean(where + "mean", along, expected);
  check_mean(where + "variance", squares, copies * u.dot(covariance * u));
  check_mean(where + "squared norm", norms, copies * (covariance.trace() + mean.squaredNorm()));
}

}  // namespace

TEST_CASE("Copies have the moments of the exact posterior") {
  for (const auto& [name, target] : test::all_targets()) {
    check_copies(name, *target, 1, 0.8);
    check_copies(name, *target, 64, 2.5);
  }
}

TEST_CASE("Copies beyond a 32-bit count keep their moments") {
  for (const auto& [name, target] : test::all_targets()) {
    if (target::part<target::FiniteSupport>(*target))
      check_copies(name, *target, 5'000'000'000, 1.1);
  }
}

TEST_CASE("Clean samples have the mean, covariance and classes of the target") {
  constexpr Index kSamples = 20000;
  for (const auto& [name, target] : test::all_targets()) {
    const Index d = target->dimension();
    random::Stream stream({.seed = 8, .purpose = random::Purpose::start});
    MatrixXd y(d, kSamples);
    target->sample(stream, y);
    const MatrixXd covariance = *target->covariance();
    const VectorXd mean = target->mean_of_target();
    for (const Index which : {3, 4}) {
      const VectorXd u = test::states(d, 5).col(which).normalized();
      const VectorXd along = y.transpose() * u;
      check_mean(name + ", mean of samples", along, u.dot(mean));
      check_mean(name + ", variance of samples", (along.array() - u.dot(mean)).square(),
                 u.dot(covariance * u));
    }
    // Overlapping classes are not told apart by y alone.
    if (name == "Gaussian classes" || name == "Ising classes of different couplings" ||
        name == "random classes") {
      continue;
    }
    const std::vector<Index> labels = target->classify(y);
    for (Index c = 0; c < std::min<Index>(target->classes(), 4); ++c) {
      if (name == "custom deltas with a duplicate" && c > 1) continue;  // the same point twice
      // Undecidable states: M = 0 is half up, half down; a draw of patterns is anyone's.
      const double share = target->classes() == 2 ? 0.5 : target->class_weights()[c];
      VectorXd is(kSamples);
      for (Index k = 0; k < kSamples; ++k) {
        const Index label = labels[static_cast<std::size_t>(k)];
        is[k] = label == c ? 1 : label < 0 ? share : 0;
      }
      check_mean(name + ", class " + std::to_string(c), is, target->class_weights()[c]);
    }
  }
}

TEST_CASE("Copies of a concentrated sphere and of high dimension") {
  const auto sphere = test::make_target("sphere", {{"dimension", "40"}, {"radius", "3"}});
  check_copies("sharp sphere", *sphere, 3, 1e6);
  check_copies("wide sphere", *sphere, 3, 0.5);
}

TEST_CASE("The law of a synthetic dataset has the variance it is asked for") {
  for (const std::string law : {"gaussian", "sphere", "binary"}) {
    const auto target = test::make_target(
        "synthetic_dataset", {{"law", law}, {"dimension", "6"}, {"n", "10"}, {"std", "1.7"}});
    MatrixXd y(6, 20000);
    random::Stream stream({.seed = 9});
    target->sample_law(stream, y);
    check_mean(law + " mean", y.row(2), 0);
    check_mean(law + " variance", y.row(4).array().square().transpose(), 1.7 * 1.7);
  }
}
