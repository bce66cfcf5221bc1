// Distances between samples against closed forms.
#include "analysis/statistics/distances.hpp"

#include "analysis/statistics/matrix.hpp"

#include <catch2/catch.hpp>
#include <random>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace symbreak::statistics;

TEST_CASE("Wasserstein distance of two weighted deltas is 2 sqrt|p - q|") {
  // 10 points, 7 and 4 of them at +1: W_2^2 = 4 * 3/10.
  MatrixXd a = MatrixXd::Constant(1, 10, -1), b = a;
  a.leftCols(7).setOnes();
  b.rightCols(4).setOnes();
  CHECK(sliced_wasserstein_squared(a, b, MatrixXd::Ones(1, 1)) == Approx(4 * 0.3));
  CHECK(sliced_wasserstein_squared(a, a, MatrixXd::Ones(1, 1)) == 0);
}

TEST_CASE("Sliced Wasserstein distance of a shift is its projection") {
  const MatrixXd a = MatrixXd::Random(2, 64);
  MatrixXd b = a;
  b.row(0).array() += 3;
  CHECK(sliced_wasserstein_squared(a, b, MatrixXd::Identity(2, 2)) == Approx(9.0 / 2));
}

TEST_CASE("Energy distance of two points and its unbiasedness") {
  MatrixXd a = MatrixXd::Zero(1, 4), b = MatrixXd::Constant(1, 4, 2);
  CHECK(energy_distance(a, b) == Approx(4));  // 2*2 - 0 - 0

  // Gaussians of means 0 and 1: the energy distance is 2E|N(1,2)| - 2E|N(0,2)| in closed form.
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  double same = 0, same2 = 0, shifted = 0, shifted2 = 0;
  const int repetitions = 400;
  for (int r = 0; r < repetitions; ++r) {
    a = MatrixXd::NullaryExpr(1, 50, [&] { return normal(engine); });
    b = MatrixXd::NullaryExpr(1, 50, [&] { return normal(engine); });
    const double d0 = energy_distance(a, b), d1 = energy_distance(a, b.array() + 1);
    same += d0, same2 += d0 * d0, shifted += d1, shifted2 += d1 * d1;
  }
  const auto check = [&](double sum, double squares, double exact) {
    const double mean = sum / repetitions;
    const double error = std::sqrt((squares / repetitions - mean * mean) / repetitions);
    INFO("mean " << mean << " +- " << error << ", exact " << exact);
    CHECK(std::abs(mean - exact) < 4 * error);  // false alarm 6e-5 each
  };
  check(same, same2, 0);
  const double mean_abs_1 = 2 / std::sqrt(M_PI) * std::exp(-0.25) + std::erf(0.5);  // E|N(1, 2)|
  check(shifted, shifted2, 2 * mean_abs_1 - 2 * 2 / std::sqrt(M_PI));
}

TEST_CASE("Frechet distance of commuting Gaussians") {
  VectorXd mean_a(2), mean_b(2), a(2), b(2);
  mean_a << 1, 0;
  mean_b << 0, 2;
  a << 4, 9;
  b << 1, 16;
  // |mu|^2 = 5, sum (sigma_a - sigma_b)^2 = 1 + 1.
  CHECK(frechet_distance(mean_a, a.asDiagonal(), mean_b, b.asDiagonal()) == Approx(7));
  // A rotation of both changes nothing; singular covariances are allowed.
  const double c = std::cos(0.3), s = std::sin(0.3);
  MatrixXd rotation(2, 2);
  rotation << c, -s, s, c;
  const MatrixXd ra = rotation * a.asDiagonal() * rotation.transpose();
  const MatrixXd rb = rotation * b.asDiagonal() * rotation.transpose();
  CHECK(frechet_distance(rotation * mean_a, ra, rotation * mean_b, rb) == Approx(7));
  CHECK(frechet_distance(mean_a, MatrixXd::Zero(2, 2), mean_a, b.asDiagonal()) == Approx(17));
}

TEST_CASE("Frechet distance of samples, more or fewer than dimensions") {
  const auto normals = [](Eigen::Index rows, Eigen::Index columns, unsigned seed) {
    std::mt19937 numbers(seed);
    std::normal_distribution<double> normal;
    return MatrixXd(MatrixXd::NullaryExpr(rows, columns, [&] { return normal(numbers); }));
  };
  const auto covariance = [](const MatrixXd& y) {
    const MatrixXd away = y.colwise() - VectorXd(y.rowwise().mean());
    return MatrixXd(away * away.transpose() / static_cast<double>(y.cols() - 1));
  };
  // Of a covariance that is singular up to rounding, whose sign is anybody's guess.
  const MatrixXd few = covariance(normals(40, 9, 3)), root = symmetric_root(few);
  CHECK((root * root - few).cwiseAbs().maxCoeff() < 1e-12);
  const MatrixXd all = normals(6, 30, 1), others = 2 * normals(6, 40, 2);
  for (const auto& [n, m] : {std::pair{3, 4}, {3, 40}, {5, 2}, {30, 40}, {30, 5}}) {
    const MatrixXd a = all.leftCols(n), b = others.leftCols(m);
    // The two sides keep the square roots of rounding errors where covariances are singular.
    CHECK(frechet_distance(a, b) ==
          Approx(frechet_distance(VectorXd(a.rowwise().mean()), covariance(a),
                                  VectorXd(b.rowwise().mean()), covariance(b)))
              .epsilon(1e-6));
  }
}
