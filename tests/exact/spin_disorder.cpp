// Targets with quenched disorder or couplings from a file, against plain enumeration of their own
// couplings, and the law those couplings are drawn from.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "sim/target/spectrum.hpp"
#include "tests/exact/spin_states.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

void check_by_enumeration(const target::Target& target) {
  const auto& spins = test::spins(target);
  const MatrixXd K = test::dense_couplings(spins.spin_graph());
  CHECK(K.isApprox(K.transpose(), 0));
  CHECK(K.diagonal().isZero(0));
  const Index d = K.rows();
  VectorXd own = VectorXd::Zero(d);
  if (!target.even()) own = Eigen::Map<const VectorXd>(spins.spin_graph().field.data(), d);
  const VectorXd x = test::states(d, 1, 0.8), v = test::states(d, 2).col(1);
  const VectorXd beta = VectorXd::Constant(1, 0.9);
  const auto reference = test::spin_states(K, 0.9 * x + own), clean = test::spin_states(K, own);
  INFO(target.describe());
  const auto posterior = target.averages(x, beta);
  CHECK((posterior.mean - reference.mean).norm() < 1e-12);
  CHECK(posterior.log_partition[0] ==
        Approx(reference.log_sum - clean.log_sum - 0.45 * static_cast<double>(d)).epsilon(1e-11));
  CHECK(posterior.entropy[0] == Approx(reference.entropy).epsilon(1e-10));
  CHECK((target.jacobian_product(x, beta, v) - 0.9 * reference.covariance * v).norm() < 1e-11);
  CHECK((*target.covariance() - clean.covariance).norm() < 1e-11);
  if (target.even()) {
    CHECK(*target.critical_noise() ==
          Approx(target::eigenvalues(clean.covariance).maxCoeff()).epsilon(1e-11));
  }
}

}  // namespace

TEST_CASE("Disordered spin systems by enumeration") {
  using test::make_target;
  check_by_enumeration(
      *make_target("sherrington_kirkpatrick", {{"dimension", "9"}, {"temperature", "0.4"}}));
  check_by_enumeration(*make_target(
      "sherrington_kirkpatrick",
      {{"dimension", "8"}, {"temperature", "0.7"}, {"mean_coupling", "1.5"}, {"field", "0.2"}}));
  check_by_enumeration(
      *make_target("hopfield", {{"dimension", "10"}, {"patterns", "3"}, {"temperature", "0.5"}}));
  check_by_enumeration(*make_target(
      "diluted", {{"side", "3"}, {"bond_probability", "0.7"}, {"temperature", "1.5"}}));
  check_by_enumeration(*make_target(
      "diluted", {{"graph", "regular"}, {"sites", "10"}, {"degree", "3"}, {"temperature", "1.8"}}));
  // So strong that exp(E) does not fit: the sums are in log space.
  check_by_enumeration(
      *make_target("sherrington_kirkpatrick", {{"dimension", "9"}, {"temperature", "0.011"}}));
}

TEST_CASE("Diluted lattices by the transfer vector") {
  const auto target = test::make_target("diluted", {{"side", "3"},
                                                    {"length", "6"},
                                                    {"boundary", "cylinder"},
                                                    {"bond_probability", "0.6"},
                                                    {"temperature", "1.2"}});
  REQUIRE(target->dimension() == 18);
  const auto& spins = test::spins(*target);
  const MatrixXd K = test::dense_couplings(spins.spin_graph());
  const VectorXd x = test::states(18, 1, 0.6), beta = VectorXd::Constant(1, 0.8);
  const auto reference = test::spin_states(K, 0.8 * x);
  CHECK((target->mean(x, beta) - reference.mean).norm() < 1e-12);
  CHECK((target->jacobian_product(x, beta, x) - 0.8 * reference.covariance * x).norm() < 1e-11);
}

TEST_CASE("Laws of the disorder") {
  // Sherrington-Kirkpatrick: 4950 couplings; mean and variance within 4 standard errors.
  const auto sk = test::make_target(
      "sherrington_kirkpatrick",
      {{"dimension", "100"}, {"temperature", "2"}, {"coupling", "1.5"}, {"mean_coupling", "3"}});
  const MatrixXd K = test::dense_couplings(test::spins(*sk).spin_graph());
  const double bonds = 4950, mean = K.sum() / 2 / bonds;
  const double variance = (K.squaredNorm() / 2) / bonds - mean * mean;
  CHECK(std::abs(mean - 0.03 / 2) < 4 * 0.15 / 2 / std::sqrt(bonds));
  CHECK(variance == Approx(0.0225 / 4).epsilon(4 * std::sqrt(2 / bonds)));

  // Another disorder sample has other couplings; the same one the same.
  const auto parameters = test::target_parameters("sherrington_kirkpatrick",
                                                  {{"dimension", "6"}, {"temperature", "1"}});
  const auto coupling = [&](std::uint32_t disorder) {
    return test::spins(*target::build(parameters, {.seed = 4, .disorder = disorder}))
        .spin_graph()
        .coupling[0];
  };
  CHECK(coupling(0) == coupling(0));
  CHECK(coupling(0) != coupling(1));

  // Bond dilution: 1800 bonds of a 30 x 30 torus.
  const auto diluted = test::make_target(
      "diluted", {{"side", "30"}, {"bond_probability", "0.3"}, {"temperature", "2"}});
  const auto kept = static_cast<double>(test::spins(*diluted).spin_graph().neighbour.size()) / 2;
  CHECK(std::abs(kept - 540) < 4 * std::sqrt(1800 * 0.3 * 0.7));

  // Regular graphs: simple, of one degree; the number of triangles is Poisson of mean (k-1)^3/6.
  double triangles = 0;
  const int graphs = 60;
  for (int sample = 0; sample < graphs; ++sample) {
    const auto keys = test::target_parameters(
        "diluted", {{"graph", "regular"}, {"sites", "60"}, {"degree", "4"}, {"temperature", "2"}});
    const auto target =
        target::build(keys, {.seed = 9, .disorder = static_cast<std::uint32_t>(sample)});
    const MatrixXd A = 2 * test::dense_couplings(test::spins(*target).spin_graph());
    REQUIRE(A.maxCoeff() == 1);
    REQUIRE((A.rowwise().sum().array() == 4).all());
    REQUIRE(A.diagonal().isZero(0));
    triangles += (A * A * A).trace() / 6;
  }
  CHECK(std::abs(triangles / graphs - 4.5) < 4 * std::sqrt(4.5 / graphs) + 0.3);  // 1/n correction
  CHECK_THROWS_AS(
      test::make_target(
          "diluted", {{"graph", "regular"}, {"sites", "5"}, {"degree", "3"}, {"temperature", "2"}}),
      deck::KeyError);
  CHECK_THROWS_AS(test::make_target("diluted", {{"temperature", "2"}}), deck::KeyError);
}

TEST_CASE("Hopfield: classes are patterns and their mirrors") {
  const auto target = test::make_target(
      "hopfield", {{"dimension", "13"}, {"patterns", "2"}, {"temperature", "0.6"}});
  const MatrixXd patterns = test::spins(*target).patterns();
  CHECK(target->classes() == 4);
  CHECK(target->classify(patterns) == std::vector<Index>{0, 1});
  CHECK(target->classify(-patterns) == std::vector<Index>{2, 3});
  // P(class | x) in plain loops; draws count equally for all.
  const VectorXd x = test::states(13, 1, 0.7);
  const MatrixXd K = test::dense_couplings(test::spins(*target).spin_graph());
  VectorXd expected = VectorXd::Zero(4);
  for (Index s = 0; s < 1 << 13; ++s) {
    VectorXd y(13);
    for (Index i = 0; i < 13; ++i) y[i] = (s >> i & 1) != 0 ? 1 : -1;
    const double weight = std::exp(y.dot(K * y) / 2 + 0.4 * x.dot(y));
    const VectorXd m = patterns.transpose() * y;
    const double a = std::abs(m[0]), b = std::abs(m[1]);
    if (a == b) {
      expected.array() += weight / 4;
    } else if (a > b) {
      expected[m[0] > 0 ? 0 : 2] += weight;
    } else {
      expected[m[1] > 0 ? 1 : 3] += weight;
    }
  }
  expected /= expected.sum();
  CHECK((target->class_probabilities(x, VectorXd::Constant(1, 0.4)) - expected).norm() < 1e-12);
  CHECK(target->class_weights().sum() == Approx(1));
}

TEST_CASE("All couplings equal, from a file: the Curie-Weiss model") {
  const int d = 12;
  const double K = 0.9;
  const std::string name = test::temporary_file("couplings.csv");
  {
    std::ofstream file(name);
    for (int i = 0; i < d; ++i) {
      for (int j = 0; j < d; ++j)
        file << fmt::format("{}{}", j > 0 ? "," : "", i == j ? 0.0 : 1.0 / d);
      file << "\n";
    }
  }
  const auto read = test::make_target(
      "couplings", {{"file", name}, {"temperature", fmt::format("{:.17g}", 1 / K)}});
  const auto exact = test::make_target(
      "curie_weiss", {{"dimension", std::to_string(d)}, {"coupling", std::to_string(K)}});
  const MatrixXd x = test::states(d, 2, 0.8), v = test::states(d, 2);
  const VectorXd beta = VectorXd::Constant(2, 1.3);
  const auto found = read->averages(x, beta), expected = exact->averages(x, beta);
  CHECK((found.mean - expected.mean).norm() < 1e-12);
  CHECK((found.log_partition - expected.log_partition).norm() < 1e-11);
  CHECK((found.entropy - expected.entropy).norm() < 1e-11);
  CHECK((read->jacobian_product(x, beta, v) - exact->jacobian_product(x, beta, v)).norm() < 1e-11);
  CHECK((read->class_probabilities(x, beta) - exact->class_probabilities(x, beta)).norm() < 1e-12);
  CHECK(*read->critical_noise() == Approx(*exact->critical_noise()).epsilon(1e-12));
  std::remove(name.c_str());
}

TEST_CASE("Replica-exchange samples of a frozen spin glass follow the law of its states") {
  // d = 14 at T = 0.25 J, deep in the glass: the energy and the variance along the softest mode of
  // 3000 samples, each from its own chain, within 4 standard errors (false alarm 6e-5 each).
  const auto target =
      test::make_target("sherrington_kirkpatrick", {{"dimension", "14"}, {"temperature", "0.25"}});
  const auto& graph = test::spins(*target).spin_graph();
  const MatrixXd K = test::dense_couplings(graph);
  const auto exact = test::spin_states(K, VectorXd::Zero(14));
  const VectorXd axis = target->order_axes().col(0);
  const auto sampler = target::spin_sampler(graph, {.seed = 2});
  const Index n = 3000;
  MatrixXd y(14, n);
  random::Stream stream({.seed = 8});
  sampler->sample(stream, y);
  const auto deviation = [&](const Eigen::ArrayXd& values, double expected) {
    const double mean = values.mean();
    return (mean - expected) /
           std::sqrt((values - mean).square().sum() / static_cast<double>(n * (n - 1)));
  };
  const Eigen::ArrayXd energy = (y.cwiseProduct(K * y)).colwise().sum().transpose() / 2;
  const Eigen::ArrayXd square = (axis.transpose() * y).transpose().array().square();
  CHECK(std::abs(deviation(energy, exact.energy)) < 4);
  CHECK(std::abs(deviation(square, axis.dot(exact.covariance * axis))) < 4);
  CHECK(std::abs(deviation((axis.transpose() * y).transpose().array(), 0)) < 4);
  const auto warmer = test::spin_states(K / 1.1, VectorXd::Zero(14));  // wrong on purpose
  CHECK(std::abs(deviation(energy, 1.1 * warmer.energy)) > 4);
}

TEST_CASE("Where nothing is summed the softest mode is measured") {
  // A spin glass of 30 spins at T = 2 J: lambda_max(C) -> 1/(1 - J/T)^2 = 4 as d grows.
  const auto glass =
      test::make_target("sherrington_kirkpatrick", {{"dimension", "30"}, {"temperature", "2"}});
  REQUIRE(!glass->exact());
  CHECK(!glass->critical_noise());
  CHECK(!glass->covariance());
  CHECK(glass->order_axes().col(0).norm() == Approx(1));
  // The torus with its exact value: 4 standard errors.
  const auto torus = test::make_target("ising_lattice", {{"side", "10"}, {"temperature", "3"}});
  REQUIRE(!torus->exact());
  const auto measured = test::spins(*torus).measured_eigenvalue();
  const auto exact = test::make_target(
      "ising_lattice", {{"side", "10"}, {"temperature", "3"}, {"posterior", "exact"}});
  const double expected = *exact->critical_noise();
  CHECK(measured.error < 0.05 * expected);
  CHECK(std::abs(measured.value - expected) < 4 * measured.error);
  CHECK(std::abs(1.2 * measured.value - expected) > 4 * measured.error);  // wrong on purpose
}
