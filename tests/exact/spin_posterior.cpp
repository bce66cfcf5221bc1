// Sampled posteriors of spin systems against exact means: enumeration, transfer vectors.
//
// Every comparison allows 4 standard errors, taken from 16 to 64 chains: with Student's t a site
// fails by chance in 1e-3 (16 chains) to 2e-4 of the seeds; seeds are fixed.
#include "sim/target/spins/spin_posterior.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "tests/spin_systems.hpp"

namespace {

using namespace symbreak;
using namespace spin_systems;
using Eigen::MatrixXd;

double normal(random::Stream& stream) { return stream.normal(); }

MatrixXd random_fields(Index sites, Index walkers, double width, std::uint64_t seed) {
  random::Stream stream({.seed = seed});
  return MatrixXd::NullaryExpr(sites, walkers, [&] { return width * normal(stream); });
}

/// Largest deviation in standard errors, over sites and walkers.
double worst(const target::MonteCarloPosterior::Estimate& estimate, const MatrixXd& exact) {
  double sigmas = 0;
  for (Index w = 0; w < exact.cols(); ++w) {
    for (Index i = 0; i < exact.rows(); ++i) {
      const double deviation =
          std::abs(estimate.mean(i, w) - exact(i, w)) / std::sqrt(estimate.variance(i, w));
      if (deviation > sigmas) {
        sigmas = deviation;
        UNSCOPED_INFO("walker " << w << " site " << i << ": " << estimate.mean(i, w) << " +- "
                                << std::sqrt(estimate.variance(i, w)) << ", exact " << exact(i, w)
                                << ", " << sigmas << " sigma");
      }
    }
  }
  return sigmas;
}

MatrixXd enumerated(int sites, const std::vector<Bond>& bonds, const MatrixXd& h) {
  MatrixXd mean(h.rows(), h.cols());
  for (Index w = 0; w < h.cols(); ++w) mean.col(w) = enumerated_mean(sites, bonds, h.col(w));
  return mean;
}

/// A graph of 10 spins with unequal degrees, an isolated spin and a doubled bond.
std::vector<Bond> irregular(bool signs, bool strengths) {
  random::Stream stream({.seed = 77});
  std::vector<Bond> bonds{{0, 1, 0.4}, {0, 1, 0.4}};
  for (int a = 0; a < 9; ++a) {
    for (int b = a + 1; b < 9; ++b) {
      if (stream.uniform() < 0.6) continue;
      double K = 0.4;
      if (strengths) K = std::abs(normal(stream)) * 0.5;
      if (signs && stream.uniform() < 0.5) K = -K;
      bonds.push_back({a, b, K});
    }
  }
  return bonds;
}

std::vector<Bond> glass(int sites, double K) {
  random::Stream stream({.seed = 5});
  std::vector<Bond> bonds;
  for (int a = 0; a < sites; ++a) {
    for (int b = a + 1; b < sites; ++b)
      bonds.push_back({a, b, K * normal(stream) / std::sqrt(sites)});
  }
  return bonds;
}

}  // namespace

TEST_CASE("The sampled posterior of a 4 x 4 lattice is the enumerated one") {
  // physics.md section 3: T = 2.5, b = .4, x_i = .3 ((i mod 5) - 2).
  const std::vector<double> reference = {
      -.216049915924, -.199105113434, -.151920340212, -.134388628793,
      -.073975581573, -.216300523449, -.215780957559, -.151920340212,
      -.0750749639,   -.055839645315, -.216300523449, -.199105113434,
      -.141041853485, -.0750749639,   -.073975581573, -.216049915924};
  MatrixXd x(16, 2), exact(16, 2);
  for (Index i = 0; i < 16; ++i) {
    x.row(i).setConstant(.3 * static_cast<double>(i % 5 - 2));
    exact.row(i).setConstant(reference[static_cast<std::size_t>(i)]);
  }
  const VectorXd beta = VectorXd::Constant(2, .4);
  const auto run = [&](double T, bool drop) {
    auto bonds = square_bonds(4, 1 / T);
    if (drop) bonds.pop_back();
    return target::spin_posterior(graph_of(16, bonds), 2, {.seed = 1})->estimate(x, beta, 40000);
  };
  const auto estimate = run(2.5, false);
  CHECK(worst(estimate, exact) < 4);
  CHECK(std::sqrt(estimate.variance.maxCoeff()) < 1e-3);
  CHECK(estimate.r_hat.maxCoeff() < 1.01);
  // Wrong on purpose.
  CHECK(worst(run(2.5 * 1.03, false), exact) > 5);
  CHECK(worst(run(2.5, true), exact) > 5);
}

TEST_CASE("Every kernel and every sharing of fields samples the enumerated posterior") {
  struct Case {
    const char* text;
    bool signs, strengths;
    Index walkers, chains, levels;
  };
  const auto c =
      GENERATE(Case{"bytes, one field", false, false, 1, 64, 1},
               Case{"bytes, two fields", true, false, 2, 32, 1},
               Case{"bytes, fields of 16 lanes", true, false, 4, 16, 1},
               Case{"bytes, fields of 8 lanes", true, false, 3, 8, 1},
               Case{"bytes, a field per lane", true, false, 3, 20, 1},
               Case{"bytes, single chains", false, false, 3, 1, 1},
               Case{"floats", true, true, 3, 20, 1}, Case{"floats, 4 levels", true, true, 3, 16, 4},
               Case{"floats, 64 levels", true, true, 1, 16, 64});
  const auto bonds = irregular(c.signs, c.strengths);
  const MatrixXd x = random_fields(10, c.walkers, 0.7, 3);
  const VectorXd beta = VectorXd::LinSpaced(c.walkers, 0.5, 1);
  auto graph = graph_of(10, bonds);
  graph.field.assign(10, 0.1);
  const MatrixXd h = ((x * beta.asDiagonal()).array() + 0.1).matrix();
  const auto posterior = target::spin_posterior(graph, c.walkers, {.seed = 2},
                                                {.chains = c.chains, .levels = c.levels});
  const auto estimate = posterior->estimate(x, beta, 4000);
  INFO(c.text);
  CHECK(worst(estimate, enumerated(10, bonds, h)) < 4.5);
  CHECK(std::sqrt(estimate.variance.maxCoeff()) < 4e-2);
  CHECK(estimate.r_hat.maxCoeff() < 1.05);
}

TEST_CASE("A spin glass is sampled by replica exchange") {
  const auto bonds = glass(12, 3);  // T = J/3
  const MatrixXd x = random_fields(12, 2, 1, 4);
  const VectorXd beta = VectorXd::Constant(2, 0.2);
  const auto exact = enumerated(12, bonds, 0.2 * x);
  const auto posterior =
      target::spin_posterior(graph_of(12, bonds), 2, {.seed = 3}, {.chains = 16, .levels = 8});
  const auto estimate = posterior->estimate(x, beta, 40000);
  CHECK(worst(estimate, exact) < 4.5);
  CHECK(std::sqrt(estimate.variance.maxCoeff()) < 5e-3);
  CHECK(estimate.r_hat.maxCoeff() < 1.02);
}

TEST_CASE("Draws follow the posterior") {
  const auto bonds = irregular(true, false);
  const MatrixXd x = random_fields(10, 2, 0.7, 3);
  const VectorXd beta = VectorXd::Ones(2);
  const auto exact = enumerated(10, bonds, x);
  constexpr Index chains = 70, repetitions = 400;
  const auto posterior =
      target::spin_posterior(graph_of(10, bonds), 2, {.seed = 4}, {.chains = chains});
  posterior->draw(x, beta, 100);
  MatrixXd sum = MatrixXd::Zero(10, 2), first = sum;
  for (Index k = 0; k < repetitions; ++k) {
    sum += posterior->draw_sums(x, beta, 10) / static_cast<double>(chains);
    first += posterior->draw(x, beta, 10);
  }
  // Ten sweeps decorrelate these spins: variances (1 - m^2)/count, within 20 %.
  const MatrixXd spread = ((1 - exact.array().square()) * 1.2 / repetitions).sqrt();
  CHECK(((sum / repetitions - exact).array() / spread.array()).abs().maxCoeff() <
        4.5 / std::sqrt(static_cast<double>(chains)));
  CHECK(((first / repetitions - exact).array() / spread.array()).abs().maxCoeff() < 4.5);
}

TEST_CASE("L = 12 lattices are sampled below, at and above the critical temperature") {
  const double T = GENERATE(1.9, 2.269185314213022, 3.0);
  const int L = 12;
  const MatrixXd x = random_fields(L * L, 2, 1, 6);
  // Below T_c strong random fields make valleys that a global flip does not connect.
  const VectorXd beta{{0.05, T < 2 ? 0.1 : 0.5}};
  MatrixXd exact(L * L, 2);
  for (Index w = 0; w < 2; ++w) exact.col(w) = cylinder_mean(L, 1 / T, beta[w] * x.col(w));
  const auto posterior = target::spin_posterior(graph_of(L * L, cylinder_bonds(L, 1 / T)), 2,
                                                {.seed = 7}, {.chains = 64});
  const auto estimate = posterior->estimate(x, beta, 400000);
  INFO("T = " << T << ", largest error " << std::sqrt(estimate.variance.maxCoeff()) << ", r_hat "
              << estimate.r_hat.transpose());
  // As rare as 4 standard deviations of a normal number (6e-5), for errors that come from 64 chains
  // themselves: 4.29. 864 means in all: 5 % of the seeds have one beyond.
  const boost::math::students_t student(64 - 1);
  const double four = quantile(complement(student, std::erfc(4 / std::sqrt(2.0)) / 2));
  CHECK(worst(estimate, exact) < four);
  CHECK(std::sqrt(estimate.variance.maxCoeff()) < 1e-3);
  CHECK(estimate.r_hat.maxCoeff() < 1.02);
}

TEST_CASE("The state of the chains can be saved and loaded anywhere") {
  const Index levels = GENERATE(1, 4);
  const auto graph = graph_of(10, irregular(true, levels > 1));
  const MatrixXd x = random_fields(10, 3, 0.7, 3);
  const VectorXd beta = VectorXd::Ones(3);
  const auto make = [&](std::uint64_t seed) {
    return target::spin_posterior(graph, 3, {.seed = seed}, {.chains = 5, .levels = levels});
  };
  const auto one = make(1), other = make(2), again = make(1);
  // An odd number of sweeps: whose turn it is to be exchanged is a part of the state.
  one->estimate(x, beta, 51);
  other->load(one->save());
  again->estimate(x, beta, 51);
  for (const auto& posterior : {&other, &again}) {
    one->load((*posterior)->save());
    const auto expected = one->estimate(0.9 * x, beta, 200);
    const auto found = (*posterior)->estimate(0.9 * x, beta, 200);
    CHECK(expected.mean == found.mean);
    CHECK(expected.variance == found.variance);
    CHECK(one->draw_sums(x, beta, 3) == (*posterior)->draw_sums(x, beta, 3));
    CHECK(one->save() == (*posterior)->save());
  }
  CHECK(other->save() == again->save());
  CHECK_THROWS_AS(one->load(std::vector<std::uint64_t>(7)), std::invalid_argument);
}
