// Statistics of sampled spin posteriors: an independent sampler, coverage of the errors, broken
// ergodicity.
#include "sim/target/spins/spin_posterior.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "sim/kernel/spins/field_lanes.hpp"
#include "sim/target/spins/tempering.hpp"
#include "tests/cluster_field.hpp"
#include "tests/spin_systems.hpp"
#include "tests/statistical/coverage.hpp"

namespace {

using namespace symbreak;
using namespace spin_systems;
using Eigen::MatrixXd;

constexpr double T_c = 2.269185314213022;

MatrixXd random_fields(Index sites, double width, std::uint64_t seed) {
  random::Stream stream({.seed = seed});
  return MatrixXd::NullaryExpr(sites, 1, [&] { return width * stream.normal(); });
}

/// Mean and squared error of every spin from independent chains of clusters.
std::pair<VectorXd, VectorXd> by_clusters(const kernel::SpinGraph& graph, const VectorXd& h,
                                          int chains, int sweeps) {
  random::Stream stream({.seed = 99});
  const auto sites = static_cast<Index>(graph.sites());
  VectorXd sum = VectorXd::Zero(sites), squares = sum;
  for (int c = 0; c < chains; ++c) {
    test::ClusterField chain(graph, kernel::WordRandom(stream(), stream()));
    chain.set_field({h.data(), graph.sites()});
    std::vector<double> mean(graph.sites());
    for (int n = 0; n < sweeps / 10; ++n) chain.sweep(mean);
    std::fill(mean.begin(), mean.end(), 0.0);
    for (int n = 0; n < sweeps; ++n) chain.sweep(mean);
    const VectorXd m = Eigen::Map<const VectorXd>(mean.data(), sites) / sweeps;
    sum += m;
    squares += m.cwiseAbs2();
  }
  const VectorXd mean = sum / chains;
  return {mean, (squares / chains - mean.cwiseAbs2()) / (chains - 1)};
}

}  // namespace

TEST_CASE("Clusters in a field sample the enumerated posterior") {
  auto bonds = square_bonds(3, 0.5);
  bonds[4].K = -0.3;
  const VectorXd h = random_fields(9, 0.5, 1);
  const auto [mean, variance] = by_clusters(graph_of(9, bonds), h, 20, 20000);
  const VectorXd exact = enumerated_mean(9, bonds, h);
  // t with 19 degrees: P(|t| > 4.5) = 2.5e-4 per site.
  CHECK(((mean - exact).array() / variance.array().sqrt()).abs().maxCoeff() < 4.5);
  CHECK(variance.maxCoeff() < 1e-5);
}

TEST_CASE("Heat bath with global flips agrees with clusters at the critical point") {
  const int L = 32;
  const auto graph = graph_of(L * L, square_bonds(L, 1 / T_c));
  const MatrixXd x = random_fields(L * L, std::sqrt(1e3), 2) + MatrixXd::Ones(L * L, 1);
  const auto estimate = target::spin_posterior(graph, 1, {.seed = 5}, {.chains = 128})
                            ->estimate(x, VectorXd::Constant(1, 1e-3), 8000);
  const auto [mean, variance] = by_clusters(graph, 1e-3 * x, 20, 2000);
  const Eigen::ArrayXd pull =
      (estimate.mean.col(0) - mean).array() / (estimate.variance.col(0) + variance).array().sqrt();
  // The means of all spins share the sign of the whole: one strongly correlated comparison.
  INFO("rms deviation " << std::sqrt(pull.square().mean()) << " sigma, rms errors "
                        << std::sqrt(estimate.variance.mean()) << " and "
                        << std::sqrt(variance.mean()));
  CHECK(pull.abs().maxCoeff() < 5);
  CHECK(std::sqrt(pull.square().mean()) < 3);
  // Wrong on purpose: 3 % in the temperature.
  const auto wrong = target::spin_posterior(graph_of(L * L, square_bonds(L, 1 / (1.03 * T_c))), 1,
                                            {.seed = 5}, {.chains = 128})
                         ->estimate(x, VectorXd::Constant(1, 1e-3), 8000);
  CHECK(((wrong.mean.col(0) - mean).array() / (wrong.variance.col(0) + variance).array().sqrt())
            .abs()
            .maxCoeff() > 5);
}

TEST_CASE("The errors of the posterior mean cover") {
  const Index chains = GENERATE(16, 64);
  const auto bonds = square_bonds(4, 1 / 2.5);
  const VectorXd h = random_fields(16, 0.3, 8);
  const VectorXd exact = enumerated_mean(16, bonds, h);
  const auto graph = graph_of(16, bonds);
  coverage::Count count;
  for (std::uint32_t k = 0; k < 200; ++k) {
    const auto estimate =
        target::spin_posterior(graph, 1, {.seed = 3, .replica = k}, {.chains = chains})
            ->estimate(h, VectorXd::Ones(1), 400);
    const Index i = k % 16;
    count.add(estimate.mean(i, 0), std::sqrt(estimate.variance(i, 0)), exact[i]);
  }
  INFO(chains << " chains: " << count.text());
  CHECK(count.covers(0.016));  // Student's t with 15 degrees: 66.7 %
}

TEST_CASE("A chain that cannot change its sign is recognised") {
  const int L = 16;
  const double T = GENERATE(2.0, T_c);
  const auto graph = graph_of(L * L, square_bonds(L, 1 / T));
  const double b = 0.2 / (L * L);
  const MatrixXd x = MatrixXd::Ones(L * L, 1);
  const auto run = [&](bool flip) {
    return target::spin_posterior(graph, 1, {.seed = 6}, {.chains = 16, .flip = flip})
        ->estimate(x, VectorXd::Constant(1, b), 1000);
  };
  const auto plain = run(false), flipped = run(true);
  INFO("T = " << T << ": r_hat " << plain.r_hat[0] << " without flips, " << flipped.r_hat[0]
              << " with");
  CHECK(plain.r_hat[0] > 1.2);
  CHECK(flipped.r_hat[0] < 1.1);
  // ... and its own error bar says so, too: the chains disagree about the sign.
  CHECK(plain.variance.mean() > 100 * flipped.variance.mean());
}

TEST_CASE("A planted start needs no burn-in") {
  // (y, x = y + noise) and (s, x), s one sweep away from y in the field of x, have the same law.
  const auto bonds = square_bonds(4, 1 / 2.0);
  const auto graph = graph_of(16, bonds);
  const double beta = 0.3;
  constexpr Index walkers = 4096;
  const auto start = [&](double noise_beta) {
    // Clean states: long chains without field.
    MatrixXd y = target::spin_posterior(graph, walkers, {.seed = 12}, {.chains = 1})
                     ->draw(MatrixXd::Zero(16, walkers), VectorXd::Ones(walkers), 200);
    random::Stream stream({.seed = 13});
    MatrixXd x(16, walkers);
    stream.normals({x.data(), static_cast<std::size_t>(x.size())});
    x = y + x / std::sqrt(noise_beta);
    const auto posterior = target::spin_posterior(graph, walkers, {.seed = 14}, {.chains = 1});
    posterior->plant(y);
    const MatrixXd s = posterior->draw(x, VectorXd::Constant(walkers, beta), 1);
    // Overlap with the field and bond energy, differences of (s, x) and (y, x).
    Eigen::ArrayXXd change(2, walkers);
    for (Index w = 0; w < walkers; ++w) {
      change(0, w) = x.col(w).dot(s.col(w) - y.col(w));
      change(1, w) = 0;
      for (const Bond& bond : bonds) {
        change(1, w) += s(bond.a, w) * s(bond.b, w) - y(bond.a, w) * y(bond.b, w);
      }
    }
    const Eigen::ArrayXd mean = change.rowwise().mean();
    const Eigen::ArrayXd deviation =
        ((change.colwise() - mean).square().rowwise().sum() / walkers / walkers).sqrt();
    return (mean / deviation).abs().maxCoeff();
  };
  CHECK(start(beta) < 4.5);      // false alarm 1.4e-5
  CHECK(start(1.5 * beta) > 5);  // wrong on purpose: the noise does not belong to beta
}

TEST_CASE("Exchanges of a ladder are accepted about as often everywhere") {
  // Sherrington-Kirkpatrick, 64 spins, T = J/2: one level per distance 1.4 or less.
  random::Stream stream({.seed = 21});
  std::vector<Bond> bonds;
  for (int a = 0; a < 64; ++a) {
    for (int b = a + 1; b < 64; ++b) bonds.push_back({a, b, 2 * stream.normal() / 8});
  }
  const auto graph = graph_of(64, bonds);
  std::array<std::uint64_t, kernel::spin_random_words> words;
  stream.words(words);
  const auto lanes = kernel::field_lanes(graph, words);
  const auto ladder = target::tempering_ladder(*lanes, 16);
  REQUIRE(ladder.size() == 16);
  CHECK(ladder.front() == 1);
  CHECK(std::is_sorted(ladder.rbegin(), ladder.rend()));
  target::Tempering tempering(ladder);
  tempering.apply(*lanes);
  for (int n = 0; n < 2000; ++n) {
    lanes->sweep(1);
    tempering.exchange(*lanes);
  }
  for (const double rate : tempering.acceptance()) {
    CHECK(rate > 0.25);
    CHECK(rate < 0.95);
  }
}
