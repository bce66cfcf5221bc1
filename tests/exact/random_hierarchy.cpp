// Belief propagation of the random hierarchy model against enumeration of all its data.
#include "sim/target/hierarchy/random_hierarchy.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "analysis/theory/hierarchy.hpp"

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using target::RandomHierarchy;

namespace {

/// All data by their reading: drawing often enough meets every one of the v m^{1 + s + ..} equally
/// likely data (here 3 * 2^3 = 24), which are distinct because the rules are.
MatrixXd enumerate(const RandomHierarchy& tree) {
  random::Stream stream({.seed = 5});
  std::map<std::vector<Index>, Index> seen;
  for (int i = 0; i < 20000; ++i) {
    const auto reading = tree.draw(stream);
    const auto [at, fresh] = seen.emplace(reading.symbols.back(), reading.symbols.front()[0]);
    if (!fresh) CHECK(at->second == reading.symbols.front()[0]);  // one reading per datum
  }
  MatrixXd data(tree.dimension(), static_cast<Index>(seen.size()));
  Index j = 0;
  for (const auto& [leaves, root] : seen) data.col(j++) = tree.one_hot(leaves);
  return data;
}

MatrixXd states(Index d) {
  MatrixXd x(d, 3);
  for (Index k = 0; k < 3; ++k) {
    for (Index i = 0; i < d; ++i) {
      x(i, k) = 1.2 * std::sin(1.7 * static_cast<double>(i) + static_cast<double>(k));
    }
  }
  return x;
}

}  // namespace

TEST_CASE("The random hierarchy's posterior is that of all its data") {
  const RandomHierarchy tree(3, 2, 2, 2, random::Stream({.seed = 9}));
  const MatrixXd data = enumerate(tree);
  REQUIRE(data.cols() == 3 * 2 * 2 * 2);
  const Index d = tree.dimension();
  const MatrixXd x = states(d);
  const VectorXd betas = (VectorXd(3) << 0.3, 1.5, 6).finished();
  const target::Averages posterior = tree.averages(x, betas);
  const MatrixXd v = states(d).rowwise().reverse();
  const MatrixXd product = tree.jacobian_product(x, betas, v);
  for (Index k = 0; k < 3; ++k) {
    VectorXd logs =
        betas[k] * (data.transpose() * x.col(k)).array() - betas[k] * 4 / 2 - std::log(24.0);
    const double top = logs.maxCoeff();
    const double log_partition = top + std::log((logs.array() - top).exp().sum());
    const VectorXd weights = (logs.array() - log_partition).exp();
    const VectorXd mean = data * weights;
    CHECK(posterior.log_partition[k] == Approx(log_partition).epsilon(1e-12));
    CHECK((posterior.mean.col(k) - mean).norm() < 1e-12);
    const MatrixXd spread = data.colwise() - mean;
    const VectorXd exact = betas[k] * spread * weights.cwiseProduct(spread.transpose() * v.col(k));
    CHECK((product.col(k) - exact).norm() < 1e-11);
  }
  // The prior: mean and covariance of the data.
  const VectorXd mean = data.rowwise().mean();
  CHECK((tree.mean_of_target() - mean).norm() < 1e-12);
  const MatrixXd spread = data.colwise() - mean;
  CHECK((*tree.covariance() - spread * spread.transpose() / 24).norm() < 1e-11);
}

TEST_CASE("Posterior samples of the random hierarchy have its mean") {
  const RandomHierarchy tree(3, 2, 2, 2, random::Stream({.seed = 9}));
  const MatrixXd x = states(tree.dimension());
  const VectorXd beta = VectorXd::Constant(1, 1.5);
  const VectorXd mean = tree.mean(x.col(1), beta);
  random::Stream stream({.seed = 4});
  const double n = 40000;
  const auto copies = tree.draw_copies(x.col(1), 1.5, 40000, stream);
  CHECK(copies.squared_norm == 4 * n);
  for (Index i = 0; i < mean.size(); ++i) {
    const double error = std::sqrt(mean[i] * (1 - mean[i]) / n) + 1e-9;
    CHECK(std::abs(copies.sum[i] / n - mean[i]) < 4.5 * error);
  }
}

TEST_CASE("Thresholds of the averaged recursion") {
  CHECK(theory::hierarchy_threshold(32, 8, 2) == Approx(7.0 / 24).epsilon(1e-12));
  CHECK(theory::hierarchy_threshold(16, 4, 2) == Approx(3.0 / 12).epsilon(1e-12));
  CHECK(theory::hierarchy_recursion(7.0 / 24, 32, 8, 2) == Approx(7.0 / 24).epsilon(1e-12));
  CHECK(theory::hierarchy_recursion(1.0, 32, 8, 2) == 1);
  // Nothing known about the children: nothing known about the parent.
  CHECK(theory::hierarchy_recursion(1.0 / 32, 32, 8, 2) == Approx(1.0 / 32).epsilon(1e-12));
  // Below and above, where exact belief propagation gave .9895 (eps = .5, v = 16, m = 4, L = 7).
  CHECK(theory::hierarchy_belief(0.5 + 0.5 / 16, 16, 4, 2, 7) == Approx(0.9895).margin(1e-3));
}
