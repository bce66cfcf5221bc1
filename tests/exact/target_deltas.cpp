// Finite sets against enumeration and the closed forms of their equation of state.
#include <catch2/catch.hpp>
#include <cmath>

#include "sim/target/finite_support.hpp"
#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

TEST_CASE("Posterior of finite sets by enumeration") {
  for (const auto& [name, target] : test::all_targets()) {
    const auto* points = target::part<target::FiniteSupport>(*target);
    if (!points) continue;
    const VectorXd x = test::states(target->dimension(), 1);
    for (const double beta : {0.2, 2.0, 9.0}) {
      double norm = 0, square = 0, largest = 0, entropy = 0;
      VectorXd mean = VectorXd::Zero(target->dimension());
      VectorXd classes = VectorXd::Zero(target->classes());
      for (Index j = 0; j < points->count(); ++j) {
        const VectorXd y = points->point(j);
        const double weight =
            std::exp(points->log_weight(j) + beta * (x.dot(y) - y.squaredNorm() / 2));
        norm += weight;
        mean += weight * y;
        square += weight * weight;
        largest = std::fmax(largest, weight);
        classes[points->label(j)] += weight;
        entropy -= weight * std::log(weight);
      }
      entropy = entropy / norm + std::log(norm);
      const VectorXd betas = VectorXd::Constant(1, beta);
      const auto posterior = target->averages(x, betas);
      const double digits = name.starts_with("synthetic") ? 1e-5 : 1e-12;
      INFO(name << ", beta = " << beta);
      CHECK((posterior.mean - mean / norm).norm() < digits);
      CHECK(posterior.log_partition[0] == Approx(std::log(norm)).margin(digits));
      CHECK(posterior.participation[0] == Approx(square / norm / norm).epsilon(digits));
      CHECK(posterior.largest_weight[0] == Approx(largest / norm).epsilon(digits));
      CHECK(posterior.entropy[0] == Approx(entropy).margin(digits));
      CHECK((target->class_probabilities(x, betas) - classes / norm).norm() < 1e-12);
    }
  }
}

TEST_CASE("Critical noise of deltas") {
  const auto noise = [](const test::Settings& settings) {
    return test::make_target("deltas", settings)->critical_noise();
  };
  CHECK(noise({}).value() == Approx(1).epsilon(1e-14));
  CHECK(noise({{"scale", "3"}}).value() == Approx(9).epsilon(1e-14));
  CHECK(noise({{"preset", "four_deltas"}}).value() == Approx(0.5).epsilon(1e-14));
  CHECK_FALSE(noise({{"p", "0.8"}}));
  // Blume-Capel: stability of x = 0 is lost first at the upper end of the unstable interval.
  const test::Settings three{{"preset", "three_deltas"}};
  test::Settings w02 = three, w04 = three, w0 = three;
  w02["w0"] = "0.2";
  w04["w0"] = "0.4";
  w0["w0"] = "0";
  CHECK(noise(w02).value() == Approx(.6493844031).epsilon(1e-9));
  CHECK_FALSE(noise(w04));
  CHECK(noise(w0).value() == Approx(1).epsilon(1e-13));
}

TEST_CASE("Four deltas are two two-delta models along the diagonals") {
  const auto four = test::make_target("deltas", {{"preset", "four_deltas"}});
  const MatrixXd axes = four->order_axes();
  REQUIRE(axes.cols() == 2);
  const VectorXd x = Eigen::Vector2d(0.7, -0.3), beta = VectorXd::Constant(1, 1.9);
  const VectorXd mean = four->averages(x, beta).mean;
  for (Index a = 0; a < 2; ++a) {
    // Each factor has its deltas at +-1/sqrt(2) on its axis.
    const double field = 1.9 * axes.col(a).dot(x) / std::sqrt(2);
    CHECK(axes.col(a).dot(mean) == Approx(std::tanh(field) / std::sqrt(2)).epsilon(1e-14));
  }
}

TEST_CASE("Two deltas: score, classes, classification") {
  const auto two = test::make_target("deltas", {{"p", "0.8"}});
  const VectorXd beta = VectorXd::Constant(1, 1.3), x = VectorXd::Constant(1, -0.4);
  const double field = 1.3 * -0.4 + std::log(0.8 / 0.2) / 2;
  CHECK(two->averages(x, beta).mean(0, 0) == Approx(std::tanh(field)).epsilon(1e-14));
  CHECK(two->class_probabilities(x, beta)(0, 0) ==
        Approx(1 / (1 + std::exp(-2 * field))).epsilon(1e-14));
  CHECK(two->classify(Eigen::RowVector3d(0.2, -3, 9)) == std::vector<Index>{0, 1, 0});
  CHECK(two->describe() == "2 points in 1 dimension");
}

TEST_CASE("Custom points that make no sense are refused with the key at fault") {
  const auto fault = [](const test::Settings& settings) -> std::string {
    try {
      test::make_target("deltas", settings);
    } catch (const deck::KeyError& error) {
      return error.key + ": " + error.what();
    }
    return "none";
  };
  CHECK_THAT(fault({{"preset", "custom"}}), Catch::StartsWith("target.points: "));
  CHECK(fault({{"preset", "custom"}, {"dimension", "2"}, {"points", "1, 2, 3"}}) ==
        "target.points: 3 coordinates are no whole number of points in 2 dimensions");
  CHECK(fault({{"preset", "custom"}, {"points", "1, 2"}, {"weights", "1"}}) ==
        "target.weights: 1 weights for 2 points");
  CHECK(fault({{"preset", "custom"}, {"points", "1"}, {"weights", "0"}}) ==
        "target.weights: all weights are zero");
}

TEST_CASE("Two levels of data: spread of centres and members, classes by Bayes' rule") {
  const auto target = test::make_target("two_level_dataset", {{"dimension", "40"},
                                                              {"centres", "25"},
                                                              {"members", "20"},
                                                              {"centre_std", "2"},
                                                              {"std", "0.5"}});
  const auto& points = *target::part<target::FiniteSupport>(*target);
  REQUIRE(points.count() == 500);
  REQUIRE(target->classes() == 25);
  // Sums of squares over v are chi^2 of 40 (25 - 1) and 40 * 25 (20 - 1) degrees of freedom; 4 s.e.
  MatrixXd means = MatrixXd::Zero(40, 25);
  for (Index j = 0; j < 500; ++j) {
    CHECK(points.label(j) == j / 20);
    means.col(j / 20) += points.point(j) / 20;
  }
  double within = 0;
  for (Index j = 0; j < 500; ++j) within += (points.point(j) - means.col(j / 20)).squaredNorm();
  CHECK(within / .25 / 19000 == Approx(1).margin(4 * std::sqrt(2 / 19000.)));
  const double between = (means.colwise() - means.rowwise().mean()).squaredNorm();
  CHECK(between / (4 + .25 / 20) / 960 == Approx(1).margin(4 * std::sqrt(2 / 960.)));

  const double s = 3;
  const VectorXd x = points.point(123) + VectorXd::Constant(40, 1.1);
  VectorXd weight = VectorXd::Zero(25);
  for (Index j = 0; j < 500; ++j) {
    weight[j / 20] += std::exp(-((points.point(j) - x).squaredNorm() - 40 * 1.21) / (2 * s));
  }
  weight /= weight.sum();
  const MatrixXd p = target->class_probabilities(x, VectorXd::Constant(1, 1 / s));
  CHECK((p.col(0) - weight).cwiseAbs().maxCoeff() < 1e-5);  // points are kept in single precision
}
