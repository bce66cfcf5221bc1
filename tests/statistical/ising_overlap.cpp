// Overlap of the clean datum with its posterior mean, q = E<y>.y/N = E|<y>|^2/N, on the 4 x 4 Ising
// torus against an independent program's values.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

TEST_CASE("Ising torus: overlap of planted noisy states") {
  struct Row {
    const char* temperature;
    double noise, overlap, error;
  };
  // 4000 planted states each, two estimators of the same number; 4 combined standard errors, false
  // alarm 6e-5 each.
  for (const Row& row : {Row{"2", 1, .9025, .0013}, Row{"2", 5, .7354, .0028},
                         Row{"3", 1, .6966, .0015}, Row{"3", 5, .3502, .0021}}) {
    const auto target =
        test::make_target("ising_lattice", {{"side", "4"}, {"temperature", row.temperature}});
    const Index n = 4000;
    random::Stream stream({.seed = 31});
    MatrixXd y(16, n), z(16, n);
    target->sample(stream, y);
    stream.normals({z.data(), static_cast<std::size_t>(z.size())});
    const MatrixXd x = y + std::sqrt(row.noise) * z;
    const MatrixXd mean = target->mean(x, VectorXd::Constant(n, 1 / row.noise));
    const auto check = [&](const Eigen::ArrayXd& values, double factor) {
      const double found = factor * values.mean();
      const double variance =
          (values - values.mean()).square().sum() / static_cast<double>(n * (n - 1));
      return std::abs(found - row.overlap) / std::sqrt(variance + row.error * row.error);
    };
    const Eigen::ArrayXd planted = mean.cwiseProduct(y).colwise().sum().transpose() / 16;
    const Eigen::ArrayXd square = mean.colwise().squaredNorm().transpose() / 16;
    INFO("T = " << row.temperature << ", sigma^2 t = " << row.noise << ": " << planted.mean());
    CHECK(check(planted, 1) < 4);
    CHECK(check(square, 1) < 4);
    CHECK(check(planted, 1.1) > 4);  // wrong on purpose
  }
}
