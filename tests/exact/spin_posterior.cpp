// Sampled posteriors of spin systems against enumeration.
#include "sim/target/spin_posterior.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace {

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Bond {
  int a, b;
  double K;
};

kernel::SpinGraph graph_of(int sites, const std::vector<Bond>& bonds) {
  std::vector<std::vector<std::pair<int, double>>> rows(static_cast<std::size_t>(sites));
  for (const Bond& bond : bonds) {
    rows[static_cast<std::size_t>(bond.a)].emplace_back(bond.b, bond.K);
    rows[static_cast<std::size_t>(bond.b)].emplace_back(bond.a, bond.K);
  }
  kernel::SpinGraph graph;
  graph.first.push_back(0);
  for (const auto& row : rows) {
    for (const auto& [other, K] : row) {
      graph.neighbour.push_back(other);
      graph.coupling.push_back(K);
    }
    graph.first.push_back(static_cast<std::int32_t>(graph.neighbour.size()));
  }
  return graph;
}

kernel::SpinGraph square(int L, double K) {
  std::vector<Bond> bonds;
  for (int row = 0; row < L; ++row) {
    for (int col = 0; col < L; ++col) {
      bonds.push_back({row * L + col, row * L + (col + 1) % L, K});
      bonds.push_back({row * L + col, (row + 1) % L * L + col, K});
    }
  }
  return graph_of(L * L, bonds);
}

/// physics.md section 3: L = 4 periodic, T = 2.5, b = .4, x_i = .3 ((i mod 5) - 2).
const std::vector<double> reference = {
    -.216049915924, -.199105113434, -.151920340212, -.134388628793, -.073975581573, -.216300523449,
    -.215780957559, -.151920340212, -.0750749639,   -.055839645315, -.216300523449, -.199105113434,
    -.141041853485, -.0750749639,   -.073975581573, -.216049915924};

}  // namespace

TEST_CASE("The sampled posterior of a 4 x 4 lattice is the enumerated one") {
  MatrixXd x(16, 2);
  for (int i = 0; i < 16; ++i) x.row(i).setConstant(.3 * (i % 5 - 2));
  const VectorXd beta = VectorXd::Constant(2, .4);
  const auto posterior = target::spin_posterior(square(4, 1 / 2.5), 2, {.seed = 1});
  const auto estimate = posterior->estimate(x, beta, 40000);
  for (Index w = 0; w < 2; ++w) {
    INFO("r_hat " << estimate.r_hat[w]);
    CHECK(estimate.r_hat[w] < 1.01);
    for (Index i = 0; i < 16; ++i) {
      const double error = std::sqrt(estimate.variance(i, w));
      INFO("site " << i << ": " << estimate.mean(i, w) << " +- " << error << ", exact "
                   << reference[static_cast<std::size_t>(i)]);
      CHECK(error < 1e-3);
      CHECK(std::abs(estimate.mean(i, w) - reference[static_cast<std::size_t>(i)]) < 4 * error);
    }
  }
}
