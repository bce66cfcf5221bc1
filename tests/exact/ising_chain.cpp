// Ising chains and Markov sources of bits: transfer matrix against enumeration and closed forms.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "analysis/theory/spins/ising.hpp"
#include "sim/target/spectrum.hpp"
#include "tests/exact/spin_states.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

std::shared_ptr<const target::Target> chain(int d, test::Settings more) {
  more["dimension"] = std::to_string(d);
  return test::make_target("ising_chain", more);
}

}  // namespace

TEST_CASE("Ising chain: everything by enumeration") {
  for (const bool periodic : {false, true}) {
    for (const double K : {-0.8, 0.0, 0.4, 1.3}) {
      for (const double h : {0.0, 0.25}) {
        const int d = 7;
        const auto target = chain(d, {{"coupling", std::to_string(K)},
                                      {"field", std::to_string(h)},
                                      {"boundary", periodic ? "periodic" : "open"}});
        const MatrixXd couplings = test::lattice_couplings({d}, {periodic}, K);
        const VectorXd x = test::states(d, 1, 0.8), v = test::states(d, 2).col(1);
        const VectorXd clean = VectorXd::Constant(d, h);
        for (const double beta : {0.3, 2.0}) {
          const auto reference = test::spin_states(couplings, beta * x + clean);
          const VectorXd betas = VectorXd::Constant(1, beta);
          const auto posterior = target->averages(x, betas);
          INFO(target->describe() << ", beta = " << beta);
          CHECK((posterior.mean - reference.mean).norm() < 1e-13);
          CHECK(posterior.log_partition[0] ==
                Approx(reference.log_sum - test::spin_states(couplings, clean).log_sum -
                       beta * d / 2));
          CHECK(posterior.entropy[0] == Approx(reference.entropy).epsilon(1e-12));
          CHECK((target->jacobian_product(x, betas, v) - beta * reference.covariance * v).norm() <
                1e-12);
        }
        const auto reference = test::spin_states(couplings, clean);
        CHECK((*target->covariance() - reference.covariance).norm() < 1e-12);
        if (h == 0) {
          CHECK(*target->critical_noise() ==
                Approx(target::eigenvalues(reference.covariance).maxCoeff()).epsilon(1e-12));
        }
      }
    }
  }
}

TEST_CASE("Ising chain: closed forms at lengths that nobody enumerates") {
  for (const double K : {0.3, 1.1}) {
    const auto ring = chain(500, {{"coupling", std::to_string(K)}, {"boundary", "periodic"}});
    CHECK(*ring->critical_noise() ==
          Approx(theory::ising_chain_second_moment(500, K, true)).epsilon(1e-12));
    const auto open = chain(500, {{"coupling", std::to_string(K)}});
    CHECK(*open->critical_noise() ==
          Approx(theory::open_chain_largest_eigenvalue(500, std::tanh(K))).epsilon(1e-12));
    const VectorXd ones = VectorXd::Ones(500);
    const VectorXd zero = VectorXd::Zero(500), beta = VectorXd::Constant(1, 1e-9);
    CHECK(ones.dot(open->jacobian_product(zero, beta, ones).col(0)) / 1e-9 / 500 ==
          Approx(theory::ising_chain_second_moment(500, K, false)).epsilon(1e-12));
    CHECK(open->jacobian_product(zero, beta, VectorXd::Unit(500, 100))(107, 0) / 1e-9 ==
          Approx(theory::ising_chain_correlation(500, K, false, 7)).epsilon(1e-12));
    const auto in_field =
        chain(500, {{"coupling", std::to_string(K)}, {"field", "0.07"}, {"boundary", "periodic"}});
    CHECK(in_field->mean_of_target()[17] ==
          Approx(theory::ising_chain_magnetization(K, 0.07)).epsilon(1e-12));
  }
  // The largest eigenvalue tends to (1+t)/(1-t) from below.
  const double t = std::tanh(0.5), limit = (1 + t) / (1 - t);
  CHECK(theory::open_chain_largest_eigenvalue(100000, t) == Approx(limit).epsilon(1e-8));
  CHECK(theory::open_chain_largest_eigenvalue(1, t) == Approx(1).epsilon(1e-12));
}

TEST_CASE("A Markov source of bits is an Ising chain") {
  const double stay_up = 0.9, stay_down = 0.6;
  const auto source =
      chain(9, {{"source", "transition"}, {"stay_up", "0.9"}, {"stay_down", "0.6"}});
  // P(y) from the transition matrix, started in the stationary law.
  const double up = (1 - stay_down) / (2 - stay_up - stay_down);
  const auto& graph = test::spins(*source).spin_graph();
  VectorXd field = VectorXd::Zero(9);
  for (Index i = 0; i < 9; ++i) field[i] = graph.field[static_cast<std::size_t>(i)];
  const VectorXd law = *target::enumerate_spins(graph)->state_probabilities(field);
  for (Index s = 0; s < 512; ++s) {
    double p = (s & 1) != 0 ? up : 1 - up;
    for (int i = 1; i < 9; ++i) {
      const bool before = (s >> (i - 1) & 1) != 0, now = (s >> i & 1) != 0;
      const double stay = before ? stay_up : stay_down;
      p *= before == now ? stay : 1 - stay;
    }
    REQUIRE(law[s] == Approx(p).epsilon(1e-12));
  }
  CHECK((source->mean_of_target().array() - (2 * up - 1)).abs().maxCoeff() < 1e-13);
  CHECK(!source->even());
  CHECK(chain(9, {{"source", "transition"}, {"stay_up", "0.8"}, {"stay_down", "0.8"}})->even());

  // A single bit.
  const auto bit = chain(1, {{"source", "transition"}, {"stay_up", "0.9"}, {"stay_down", "0.6"}});
  CHECK(bit->mean_of_target()[0] == Approx(2 * up - 1).epsilon(1e-13));

  // Transition probabilities of samples: 4 standard errors, false alarm 6e-5 each.
  const Index n = 4000;
  MatrixXd y(9, n);
  random::Stream stream({.seed = 11});
  source->sample(stream, y);
  double pairs = 0, stays = 0;
  for (Index k = 0; k < n; ++k) {
    for (Index i = 1; i < 9; ++i) {
      if (y(i - 1, k) < 0) continue;
      ++pairs;
      stays += y(i, k) > 0;
    }
  }
  CHECK(std::abs(stays / pairs - stay_up) < 4 * std::sqrt(stay_up * (1 - stay_up) / pairs));
}

TEST_CASE("A Markov source from a file of bits") {
  const std::string name = test::temporary_file("bits");
  const auto write = [&](const std::string& bytes) {
    std::ofstream(name, std::ios::binary) << bytes;
  };
  const auto text = [&](const std::string& bits) {
    return chain(4, {{"source", "file"}, {"file", name}, {"bits", bits}})->describe();
  };
  // 0 0 1 1 1 0 1 1: after 0: 0 1 1; after 1: 1 1 0 1.
  write("0011\n1011\n");
  CHECK(text("auto").find("8 bits") != std::string::npos);
  CHECK(text("auto").find("P(+|+) = 0.7, P(-|-) = 0.375") != std::string::npos);
  write("\x3b");
  CHECK(text("bytes").find("P(+|+) = 0.7, P(-|-) = 0.375") != std::string::npos);
  const auto fault = [&]() -> std::string {
    try {
      text("text");
    } catch (const deck::KeyError& error) {
      CHECK(error.key == "target.file");
      return error.what();
    }
    return "no error";
  };
  CHECK(fault().find("byte 0 is ';'; expected 0, 1 or blanks") != std::string::npos);
  write("0101\x01");
  CHECK(fault().find("byte 4 is 0x01") != std::string::npos);
  write("1\n");
  CHECK(fault().find("holds 1 bits; expected at least two") != std::string::npos);
  std::remove(name.c_str());
  CHECK(fault().find("no such file") != std::string::npos);
  CHECK_THROWS_AS(chain(3, {}), deck::KeyError);
  CHECK_THROWS_AS(chain(3, {{"source", "transition"}, {"stay_up", "0.5"}}), deck::KeyError);
  CHECK_THROWS_AS(chain(3, {{"source", "file"}}), deck::KeyError);
}
