// Closed forms of the square-lattice Ising model against transfer matrices, series and limits.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/spins/ising.hpp"
#include "tests/exact/spin_states.hpp"

using namespace symbreak;
using target::Index;
using target::VectorXd;

namespace {

std::shared_ptr<const target::Target> torus(int L, double T, int length = 0) {
  return test::make_target("ising_lattice", {{"side", std::to_string(L)},
                                             {"length", std::to_string(length)},
                                             {"temperature", fmt::format("{:.17g}", T)}});
}

}  // namespace

TEST_CASE("Kaufman's torus: reference energies, and the transfer vector's log Z") {
  const double Tc = theory::ising2d_critical_temperature();
  CHECK(Tc == Approx(2.2691853142130219681).epsilon(1e-15));
  CHECK(theory::ising2d_torus_energy(16, 2) == Approx(-1.7455306689909).epsilon(1e-12));
  CHECK(theory::ising2d_torus_energy(4, 2) == Approx(-1.7553802887774).epsilon(1e-12));
  CHECK(theory::ising2d_torus_energy(8, Tc) == Approx(-1.4915891074397).epsilon(1e-12));
  CHECK(theory::ising2d_torus_energy(16, Tc) == Approx(-1.4530648528135).epsilon(1e-12));
  CHECK(theory::ising2d_torus_energy(4, 3) == Approx(-1.0170696269551).epsilon(1e-12));
  CHECK(theory::ising2d_torus_energy(16, 3) == Approx(-.81768936786955).epsilon(1e-12));
  for (const int L : {2, 3, 5, 7}) {
    for (const double T : {0.8, Tc, 4.0}) {
      const auto target = torus(L, T);
      const auto& spins = test::spins(*target);
      const auto sums = target::plan_oracle(spins.spin_graph(), spins.lattice())
                            .make()
                            ->sums(VectorXd::Zero(L * L), {.energy = true});
      INFO("L = " << L << ", T = " << T);
      CHECK(theory::ising2d_torus_log_partition(L, T) ==
            Approx(sums.log_sum[0] / (L * L)).epsilon(1e-13));
      CHECK(theory::ising2d_torus_energy(L, T) ==
            Approx(-sums.energy[0] * T / (L * L)).epsilon(1e-12));
    }
  }
}

TEST_CASE("Infinite lattice: Onsager's energy, Yang's magnetization, susceptibility") {
  const double Tc = theory::ising2d_critical_temperature();
  CHECK(theory::ising2d_energy(Tc) == Approx(-std::sqrt(2.0)).epsilon(1e-14));
  for (const double T : {1.7, 2.0, 3.0, 5.0}) {  // finite-size corrections ~ exp(-L/xi)
    CHECK(theory::ising2d_energy(T) == Approx(theory::ising2d_torus_energy(256, T)).epsilon(1e-11));
  }
  CHECK(theory::ising2d_spontaneous_magnetization(2) == Approx(0.911319377877496).epsilon(1e-12));
  CHECK(theory::ising2d_spontaneous_magnetization(Tc) == 0);
  // High-temperature series of <M^2>/N to order 21 in v = tanh(1/T) (Sykes et al. 1972): the rest
  // is below 2e-3 at T = 3.5 and 0.2 at T = 3.
  const double series[] = {1,        4,         12,        36,       100,     276,
                           740,      1972,      5172,      13492,    34876,   89764,
                           229628,   585508,    1486308,   3763460,  9497380, 23918708,
                           60080156, 150660388, 377009300, 942106660};
  for (const double T : {3.0, 3.5}) {
    double sum = 0, power = 1;
    for (const double coefficient : series) {
      sum += coefficient * power;
      power *= std::tanh(1 / T);
    }
    CHECK(theory::ising2d_susceptibility(T) == Approx(sum).epsilon(0.015));
  }
}

TEST_CASE("Structure factors and correlation lengths") {
  // Ring: S(k) = (1-t^2)/(1-2t cos k+t^2), second-moment length sqrt(t)/(1-t).
  const auto ring = test::make_target(
      "ising_chain", {{"dimension", "300"}, {"coupling", "0.8"}, {"boundary", "periodic"}});
  const double t = std::tanh(0.8), k = 2 * M_PI / 300;
  const auto S = [&](Index mode) { return *test::spins(*ring).structure_factor({mode}); };
  CHECK(S(0) == Approx(theory::ising_chain_second_moment(300, 0.8, true)).epsilon(1e-12));
  CHECK(S(40) == Approx((1 - t * t) / (1 - 2 * t * std::cos(40 * k) + t * t)).epsilon(1e-12));
  CHECK(theory::second_moment_length(S(0), S(1), k) ==
        Approx(std::sqrt(t) / (1 - t)).epsilon(1e-9));
  // Torus, through the whole covariance.
  const auto target = torus(4, 2.6, 6);
  const Eigen::MatrixXd C = *target->covariance();
  double expected = 0;
  for (Index i = 0; i < 24; ++i) {
    for (Index j = 0; j < 24; ++j) {
      const double phase =
          2 * M_PI *
          (static_cast<double>(i / 4 - j / 4) / 6 * 2 + static_cast<double>(i % 4 - j % 4) / 4);
      expected += C(i, j) * std::cos(phase) / 24;
    }
  }
  CHECK(*test::spins(*target).structure_factor({2, 1}) == Approx(expected).epsilon(1e-11));
  // Square lattice at T = 5, where L = 8 is ten correlation lengths: S(k) is nearly that of a free
  // field of mass 2 sinh(1/(2 xi)).
  const auto warm = torus(8, 5);
  const auto& spins = test::spins(*warm);
  const double xi = theory::ising2d_correlation_length(5);
  CHECK(theory::second_moment_length(*spins.structure_factor({0, 0}),
                                     *spins.structure_factor({0, 1}), M_PI / 4) ==
        Approx(1 / (2 * std::sinh(1 / (2 * xi)))).epsilon(2e-3));
}

TEST_CASE("At the target's critical point sigma^2 t_c grows as 1.0921 L^(7/4)") {
  const double Tc = theory::ising2d_critical_temperature();
  const auto amplitude = [&](int L) { return *torus(L, Tc)->critical_noise() / std::pow(L, 1.75); };
  // Corrections fall as 1/L^2 nearly: 4 -> 8 removes most of them.
  const double four = amplitude(4), eight = amplitude(8);
  const double limit = theory::ising2d_critical_susceptibility_amplitude();
  CHECK(eight > four);
  CHECK(eight < limit);
  CHECK(eight + (eight - four) / 3 == Approx(limit).epsilon(1e-3));
}
