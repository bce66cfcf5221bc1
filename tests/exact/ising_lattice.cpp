// Ising lattices: exact sums against enumeration in plain loops and published or independent
// reference values; samples against the exact law.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/exact/spin_states.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::SpinOracle;
using target::VectorXd;

namespace {

constexpr double kCritical = 2.2691853142130219681;

std::shared_ptr<const target::Target> square(int L, double T, test::Settings more = {}) {
  more["side"] = std::to_string(L);
  more["temperature"] = fmt::format("{:.17g}", T);
  return test::make_target("ising_lattice", more);
}

std::unique_ptr<SpinOracle> oracle(const target::Target& target) {
  const auto& spins = test::spins(target);
  return target::plan_oracle(spins.spin_graph(), spins.lattice()).make();
}

}  // namespace

TEST_CASE("Ising lattice: posterior mean, reference vector") {
  // L = 4 periodic, T = 2.5, b = 0.4, x_i = 0.3((i mod 5) - 2), by an independent enumeration.
  VectorXd expected(16), x(16);
  expected << -.216049915924, -.199105113434, -.151920340212, -.134388628793, -.073975581573,
      -.216300523449, -.215780957559, -.151920340212, -.0750749639, -.055839645315, -.216300523449,
      -.199105113434, -.141041853485, -.0750749639, -.073975581573, -.216049915924;
  for (Index i = 0; i < 16; ++i) x[i] = 0.3 * static_cast<double>(i % 5 - 2);
  const auto target = square(4, 2.5);
  REQUIRE(target->exact());
  const VectorXd beta = VectorXd::Constant(1, 0.4);
  CHECK((target->averages(x, beta).mean - expected).cwiseAbs().maxCoeff() < 1e-11);
  CHECK((target->mean(x, beta) - expected).cwiseAbs().maxCoeff() < 1e-11);
  // Wrong on purpose: 1 % in temperature, or a dropped bond (open edges).
  CHECK((square(4, 2.525)->mean(x, beta) - expected).cwiseAbs().maxCoeff() > 1e-4);
  CHECK(
      (square(4, 2.5, {{"boundary", "cylinder"}})->mean(x, beta) - expected).cwiseAbs().maxCoeff() >
      1e-3);
}

TEST_CASE("Ising lattice: energies of Kaufman, moments of the magnetization") {
  struct Row {
    int L;
    double T, energy, absolute, square, binder;
  };
  constexpr double unknown = 0;
  for (const Row& row :
       {Row{4, 2, -1.7553802887774, unknown, unknown, unknown},
        {4, kCritical, -1.5656237876383, .843860444813, 12.181742537099, .617199318412},
        {4, 3, -1.0170696269551, .601291326039, 7.215810253569, .480540660059},
        {8, 2, -1.7456831702932, unknown, unknown, unknown},
        {8, kCritical, -1.4915891074397, .777331092787, 41.402340799631, .613045384943},
        {8, 3, -.84131542785192, .346034613340, 10.899981376691, .279839902615}}) {
    const auto target = square(row.L, row.T);
    const double N = row.L * row.L;
    const auto exact = oracle(*target);
    const VectorXd none = VectorXd::Zero(row.L * row.L);
    INFO("L = " << row.L << ", T = " << row.T << ", " << exact->describe());
    const double log_weight = exact->sums(none, {.energy = true}).energy[0];
    CHECK(-log_weight * row.T / N == Approx(row.energy).epsilon(1e-12));
    if (row.square == unknown) continue;
    const VectorXd law = exact->law_of_up_spins(none);
    const Eigen::ArrayXd M = Eigen::ArrayXd::LinSpaced(law.size(), -N, N);
    const double second = (law.array() * M.square()).sum();
    CHECK((law.array() * M.abs()).sum() / N == Approx(row.absolute).epsilon(1e-11));
    CHECK(second / N == Approx(row.square).epsilon(1e-11));
    CHECK(1 - (law.array() * M.pow(4)).sum() / (3 * second * second) ==
          Approx(row.binder).epsilon(1e-10));
    CHECK(*target->critical_noise() == Approx(row.square).epsilon(1e-11));
  }
}

TEST_CASE("Ising lattice: Shannon entropy of the 4 x 4 torus") {
  // In nats, by independent enumeration; the sum rule of the entropy rate ends here.
  for (const auto& [T, entropy] :
       {std::pair{2.0, 3.062324808512}, std::pair{3.0, 7.856662111823}}) {
    const auto target = square(4, T);
    const auto posterior = target->averages(VectorXd::Zero(16), VectorXd::Constant(1, 1e-300));
    CHECK(posterior.entropy[0] == Approx(entropy).epsilon(1e-12));
  }
}

TEST_CASE("Spin systems: transfer vector and enumeration against plain loops") {
  struct Shape {
    std::vector<int> sides;
    std::vector<bool> periodic;
    test::Settings keys;
  };
  const std::vector<Shape> shapes = {
      {{3, 3}, {true, true}, {{"side", "3"}}},
      {{5, 2}, {true, true}, {{"side", "2"}, {"length", "5"}}},
      {{2, 5}, {false, false}, {{"side", "5"}, {"length", "2"}, {"boundary", "open"}}},
      {{4, 3}, {false, true}, {{"side", "3"}, {"length", "4"}, {"boundary", "cylinder"}}},
      {{2, 2, 2}, {true, true, true}, {{"side", "2"}, {"dimension", "3"}}},
      {{3, 2, 2},
       {false, true, true},
       {{"side", "2"}, {"length", "3"}, {"dimension", "3"}, {"boundary", "cylinder"}}},
      {{1, 7}, {true, true}, {{"side", "7"}, {"length", "1"}}},
  };
  for (const Shape& shape : shapes) {
    for (const double T : {0.7, 2.3, -1.9}) {  // the last one: J < 0
      auto keys = shape.keys;
      keys["temperature"] = std::to_string(std::abs(T));
      keys["coupling"] = T > 0 ? "1" : "-1";
      keys["field"] = "0.31";
      const auto target = test::make_target("ising_lattice", keys);
      const auto& graph = test::spins(*target).spin_graph();
      const MatrixXd K = test::lattice_couplings(shape.sides, shape.periodic, 1 / T);
      const Index d = K.rows();
      REQUIRE(target->dimension() == d);
      const MatrixXd x = test::states(d, 3, 0.9);
      const VectorXd beta = VectorXd::LinSpaced(3, 0.2, 2.5);
      const MatrixXd fields =
          (x * beta.asDiagonal()).array() + 0.31 / std::abs(T);  // of the whole exponent
      const auto layers = target::plan_layers(graph, target->lattice());
      REQUIRE(layers.make);
      std::vector<std::unique_ptr<SpinOracle>> oracles;
      oracles.push_back(layers.make());
      oracles.push_back(target::enumerate_spins(graph));
      const auto clean = test::spin_states(K, VectorXd::Constant(d, 0.31 / std::abs(T)));
      for (Index k = 0; k < 3; ++k) {
        const auto reference = test::spin_states(K, fields.col(k));
        const MatrixXd v = test::states(d, 9).col(5 + k);
        for (const auto& exact : oracles) {
          INFO(target->describe() << "; " << exact->describe() << ", walker " << k);
          const auto sums = exact->sums(fields.col(k), {.energy = true});
          CHECK(sums.log_sum[0] == Approx(reference.log_sum).epsilon(1e-13));
          CHECK((sums.mean - reference.mean).norm() < 1e-12);
          CHECK(sums.energy[0] == Approx(reference.energy).epsilon(1e-12));
          CHECK((exact->covariance_product(fields.col(k), v) - reference.covariance * v).norm() <
                1e-11);
          CHECK((exact->law_of_up_spins(fields.col(k)) - reference.law).norm() < 1e-13);
        }
        const auto posterior = target->averages(x.col(k), beta.segment(k, 1));
        CHECK(posterior.entropy[0] == Approx(reference.entropy).epsilon(1e-10).margin(1e-12));
        CHECK(posterior.log_partition[0] ==
              Approx(reference.log_sum - clean.log_sum - beta[k] * static_cast<double>(d) / 2)
                  .epsilon(1e-12));
      }
      CHECK((target->mean_of_target() - clean.mean).norm() < 1e-12);
      CHECK((*target->covariance() - clean.covariance).norm() < 1e-11);
      CHECK(!target->critical_noise());
    }
  }
}

TEST_CASE("Exact samples follow the law of the states") {
  // 2^9 states of a 3 x 3 torus in a field, 40000 draws: chi-square of 511 degrees of freedom, and
  // of the first two moments of the sum of copies. False alarms: 1e-4 each (3.9 sigma).
  const auto target = square(3, 2.5);
  const auto& graph = test::spins(*target).spin_graph();
  const VectorXd field = test::states(9, 1, 0.5);
  const Index draws = 40000;
  for (const auto& exact :
       {target::plan_layers(graph, target->lattice()).make(), target::enumerate_spins(graph)}) {
    const VectorXd expected = *target::enumerate_spins(graph)->state_probabilities(field);
    const auto chi_square = [&](const MatrixXd& y) {
      VectorXd counts = VectorXd::Zero(512);
      for (Index k = 0; k < y.cols(); ++k) {
        Index state = 0;
        for (Index i = 0; i < 9; ++i) state |= Index{y(i, k) > 0} << i;
        counts[state] += 1;
      }
      const Eigen::ArrayXd wanted = expected.array() * static_cast<double>(draws);
      return ((counts.array() - wanted).square() / wanted).sum();
    };
    random::Stream stream({.seed = 5});
    INFO(exact->describe());
    const double found = chi_square(exact->draw(field, draws, stream));
    CHECK(found > 511 - 3.9 * std::sqrt(2 * 511.0));
    CHECK(found < 511 + 3.9 * std::sqrt(2 * 511.0));
    CHECK(chi_square(exact->draw(1.2 * field, draws, stream)) > 800);  // wrong on purpose

    const auto reference = test::spin_states(test::dense_couplings(graph), field);
    const double n = 1e6;
    const VectorXd pull =
        (exact->draw_sum(field, static_cast<std::int64_t>(n), stream) - n * reference.mean)
            .cwiseQuotient((n * reference.covariance.diagonal()).cwiseSqrt());
    CHECK(pull.cwiseAbs().maxCoeff() < 4.4);  // nine of them
  }
}

TEST_CASE("Cluster samples of a lattice that is not summed follow the exact law of M") {
  // L = 8 at T_c and above, 4000 independent samples: energy, |m|, M^2/N within 4 standard errors
  // (false alarm 6e-5 each).
  struct Row {
    double T, energy, absolute, square;
  };
  for (const Row& row : {Row{kCritical, -1.4915891074397, .777331092787, 41.402340799631},
                         {3, -.84131542785192, .346034613340, 10.899981376691}}) {
    const auto target = square(8, row.T);
    const auto sampler = target::spin_sampler(test::spins(*target).spin_graph(), {.seed = 3});
    const Index n = 4000;
    MatrixXd y(64, n);
    random::Stream stream({.seed = 7});
    sampler->sample(stream, y);
    const MatrixXd K = test::lattice_couplings({8, 8}, {true, true}, 1);
    const Eigen::ArrayXd M = y.colwise().sum().transpose(),
                         energy = -(y.cwiseProduct(K * y)).colwise().sum().transpose() / 128;
    const auto deviation = [&](const Eigen::ArrayXd& values, double expected) {
      const double mean = values.mean();
      return (mean - expected) /
             std::sqrt((values - mean).square().sum() / static_cast<double>(n * (n - 1)));
    };
    INFO("T = " << row.T);
    CHECK(std::abs(deviation(energy, row.energy)) < 4);
    CHECK(std::abs(deviation(M.abs() / 64, row.absolute)) < 4);
    CHECK(std::abs(deviation(M.square() / 64, row.square)) < 4);
    CHECK(std::abs(deviation(M, 0)) < 4);
    CHECK(std::abs(deviation(energy, 1.03 * row.energy)) > 4);  // wrong on purpose
    // Neighbouring columns are independent.
    const Eigen::ArrayXd product = M.head(n - 1) * M.tail(n - 1) / row.square / 64;
    CHECK(std::abs(product.mean()) * std::sqrt(static_cast<double>(n - 1)) < 4);
  }
}

TEST_CASE("An exact posterior out of reach is refused with its cost") {
  try {
    square(16, 2.5, {{"posterior", "exact"}});
    FAIL("accepted");
  } catch (const deck::KeyError& error) {
    CHECK(error.key == "target.posterior");
    CHECK(std::string(error.what()).find("256 spins") != std::string::npos);
    CHECK(std::string(error.what()).find("steps") != std::string::npos);
  }
  CHECK(!square(16, 2.5)->exact());
  CHECK(square(16, 2.5, {{"boundary", "cylinder"}})->exact());
  const auto sampled = square(4, 2.5, {{"posterior", "monte_carlo"}});
  CHECK(!sampled->exact());
  CHECK_THROWS_AS(sampled->mean(VectorXd::Zero(16), VectorXd::Ones(1)), deck::KeyError);
  CHECK(*sampled->critical_noise() == Approx(*square(4, 2.5)->critical_noise()));
}
