// The law of M against closed forms, and the one-dimensional target made of it against the full
// one.
#include "sim/target/spins/magnetization_law.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/spins/ising_square.hpp"
#include "sim/target/spin_system.hpp"
#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::MatrixXd;
using target::VectorXd;

TEST_CASE("Distance from the critical point is odd under duality") {
  CHECK(theory::ising_square_tau(theory::kIsingSquareTc) == Approx(0).margin(1e-15));
  // sinh(2/T) sinh(2/T*) = 1
  const double T = 3, dual = 2 / std::asinh(1 / std::sinh(2 / T));
  CHECK(theory::ising_square_tau(T) == Approx(-theory::ising_square_tau(dual)).epsilon(1e-13));
}

TEST_CASE("Moments of the exact law of M") {
  const struct {
    const char *side, *temperature;
    double absolute, second, binder;
  } rows[] = {{"4", "2.2691853142130216", .843860444813, 12.181742537099, .617199318412},
              {"4", "3", .601291326039, 7.215810253569, .480540660059},
              {"8", "2.2691853142130216", .777331092787, 41.402340799631, .613045384943},
              {"8", "3", .346034613340, 10.899981376691, .279839902615}};
  for (const auto& row : rows) {
    const auto ising =
        test::make_target("ising_lattice", {{"side", row.side}, {"temperature", row.temperature}});
    const VectorXd law = *target::magnetization_law(*ising);
    const double n = static_cast<double>(ising->dimension());
    const Eigen::ArrayXd M = Eigen::ArrayXd::LinSpaced(law.size(), -n, n);
    const double second = (law.array() * M.square()).sum() / n;
    CHECK(law.sum() == Approx(1).epsilon(1e-12));
    CHECK((law.array() * M.abs()).sum() / n == Approx(row.absolute).epsilon(1e-10));
    CHECK(second == Approx(row.second).epsilon(1e-10));
    CHECK(1 - (law.array() * M.square().square()).sum() / (3 * n * n * second * second) ==
          Approx(row.binder).epsilon(1e-9));
  }
}

TEST_CASE("In a uniform state a spin target is the target of its magnetization") {
  for (const auto& full :
       {test::make_target("curie_weiss", {{"dimension", "12"}, {"coupling", "0.9"}}),
        test::make_target("ising_lattice", {{"side", "4"}, {"temperature", "2.5"}})}) {
    const auto law = target::magnetization_law(*full, {}, 1024);
    const auto reduced = target::magnetization_target(law);
    CHECK_FALSE(law.measured);
    CHECK(law.second == Approx(*full->critical_noise()).epsilon(1e-10));
    CHECK(reduced->order_axes()(0, 0) == Approx(std::sqrt(double(full->dimension()))));
    const VectorXd m = VectorXd::LinSpaced(5, -0.3, 0.8), beta = VectorXd::Constant(5, 0.11);
    const MatrixXd x = VectorXd::Ones(full->dimension()) * m.transpose();
    const auto exact = full->averages(x, beta);
    const double root = std::sqrt(static_cast<double>(full->dimension()));
    const auto found = reduced->averages(root * m.transpose(), beta);
    const MatrixXd slope =
        full->jacobian_product(x, beta, MatrixXd::Ones(full->dimension(), 5) / root);
    const MatrixXd reduced_slope =
        reduced->jacobian_product(root * m.transpose(), beta, MatrixXd::Ones(1, 5));
    for (Eigen::Index k = 0; k < 5; ++k) {
      CHECK(found.log_partition[k] == Approx(exact.log_partition[k]).margin(1e-10));
      CHECK(found.mean(0, k) == Approx(exact.mean.col(k).sum() / root).margin(1e-10));
      CHECK(reduced_slope(0, k) == Approx(slope.col(k).sum() / root).epsilon(1e-9));
    }
  }
}
