// What every target must satisfy, whatever it is: derivatives of log Z, limits of beta, extremes.
#include <catch2/catch.hpp>
#include <cmath>

#include "sim/target/finite_support.hpp"
#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

TEST_CASE("The posterior mean is the gradient of log Z over beta") {
  for (const auto& [name, target] : test::all_targets()) {
    const Index d = target->dimension();
    const MatrixXd x = test::states(d, 1);
    // Single-precision storage limits log Z to 1e-6.
    const bool single = name.starts_with("synthetic");
    const double step = single ? 3e-2 : 1e-4;
    for (const double beta : {0.3, 1.7}) {
      const VectorXd betas = VectorXd::Constant(1, beta);
      const VectorXd mean = target->averages(x, betas).mean;
      for (Index i = 0; i < d; ++i) {
        const auto log_z = [&](double shift) {
          MatrixXd moved = x;
          moved(i, 0) += shift;
          return target->averages(moved, betas).log_partition[0];
        };
        // Fourth-order difference.
        const double slope =
            (8 * (log_z(step) - log_z(-step)) - (log_z(2 * step) - log_z(-2 * step))) / (12 * step);
        INFO(name << ", beta = " << beta << ", coordinate " << i);
        CHECK(slope / beta == Approx(mean[i]).margin(single ? 2e-5 : 1e-10));
      }
    }
  }
}

TEST_CASE("The Jacobian of the mean is beta times the covariance") {
  for (const auto& [name, target] : test::all_targets()) {
    const Index d = target->dimension();
    const MatrixXd x = test::states(d, 1), v = test::states(d, 3).rightCols(1);
    const bool single = name.starts_with("synthetic");
    const double step = single ? 2e-2 : 1e-3;
    for (const double beta : {0.3, 1.7}) {
      const VectorXd betas = VectorXd::Constant(1, beta);
      const auto mean = [&](double shift) -> VectorXd {
        return target->mean(x + shift * v, betas);
      };
      const VectorXd slope =
          (8 * (mean(step) - mean(-step)) - (mean(2 * step) - mean(-2 * step))) / (12 * step);
      INFO(name << ", beta = " << beta);
      CHECK((target->jacobian_product(x, betas, v) - slope).norm() < (single ? 1e-4 : 1e-9));
    }
  }
}

TEST_CASE("Batches are independent columns") {
  for (const auto& [name, target] : test::all_targets()) {
    const Index d = target->dimension();
    const MatrixXd x = test::states(d, 5), v = test::states(d, 7).rightCols(5);
    VectorXd beta(5);
    beta << 0.1, 3, 0.7, 40, 1;
    const target::Averages all = target->averages(x, beta);
    const MatrixXd products = target->jacobian_product(x, beta, v);
    const MatrixXd classes = target->class_probabilities(x, beta), means = target->mean(x, beta);
    INFO(name);
    for (Index k = 0; k < 5; ++k) {
      const auto one = target->averages(x.col(k), beta.segment(k, 1));
      CHECK((all.mean.col(k) - one.mean).norm() < 1e-6);
      CHECK((all.mean.col(k) - means.col(k)).norm() < 1e-11);
      CHECK(all.log_partition[k] == Approx(one.log_partition[0]).epsilon(1e-5).margin(1e-6));
      const MatrixXd product = target->jacobian_product(x.col(k), beta.segment(k, 1), v.col(k));
      CHECK((products.col(k) - product).norm() < 1e-9 * (1 + product.norm()));
      CHECK(classes.col(k).sum() == Approx(1).epsilon(1e-12));
      CHECK(classes.col(k).minCoeff() >= 0);
    }
  }
}

TEST_CASE("Vanishing beta gives the target itself") {
  for (const auto& [name, target] : test::all_targets()) {
    const Index d = target->dimension();
    const MatrixXd x = test::states(d, 1), identity = MatrixXd::Identity(d, d);
    const VectorXd beta = VectorXd::Constant(1, 1e-12), betas = VectorXd::Constant(d, 1e-12);
    INFO(name);
    CHECK((target->averages(x, beta).mean - target->mean_of_target()).norm() < 1e-6);
    CHECK(std::abs(target->averages(x, beta).log_partition[0]) < 1e-6);
    const MatrixXd covariance =
        target->jacobian_product(x.replicate(1, d), betas, identity) / 1e-12;
    CHECK((covariance - *target->covariance()).norm() < 1e-8);
    CHECK((target->class_probabilities(x, beta) - target->class_weights()).norm() < 1e-9);
    CHECK(target->class_weights().sum() == Approx(1).epsilon(1e-13));
  }
}

TEST_CASE("The order axes are eigenvectors of the largest eigenvalue of the covariance") {
  for (const auto& [name, target] : test::all_targets()) {
    const MatrixXd axes = target->order_axes(), covariance = *target->covariance();
    INFO(name);
    REQUIRE(axes.cols() >= 1);
    const VectorXd first = axes.col(0).normalized();
    const double top = first.dot(covariance * first);
    for (Index a = 0; a < axes.cols(); ++a) {
      const VectorXd axis = axes.col(a).normalized();
      CHECK((covariance * axis - top * axis).norm() < 1e-6);
    }
    for (Index k = 0; k < 20; ++k) {  // no direction has more variance
      const VectorXd v = test::states(target->dimension(), 20).col(k).normalized();
      CHECK(v.dot(covariance * v) <= top + 1e-9);
    }
    if (target->critical_noise() && target->fixed_norm()) {
      CHECK(*target->critical_noise() == Approx(top).epsilon(1e-12));
    }
  }
}

TEST_CASE("The symmetric branch loses stability at the critical noise") {
  for (const auto& [name, target] : test::all_targets()) {
    if (!target->critical_noise()) continue;
    const double noise = *target->critical_noise();
    const VectorXd axis = target->order_axes().col(0).normalized();
    const MatrixXd zero = MatrixXd::Zero(target->dimension(), 1);
    INFO(name << " at noise " << noise);
    CHECK(target->even());
    CHECK(axis.dot(target->jacobian_product(zero, VectorXd::Constant(1, 1 / noise), axis).col(0)) ==
          Approx(1).epsilon(1e-10));
  }
}

TEST_CASE("Extreme temperatures and distances stay finite") {
  for (const auto& [name, target] : test::all_targets()) {
    const Index d = target->dimension();
    for (const double scale : {0.0, 1e-9, 1.0, 1e6}) {
      for (const double beta : {1e-12, 1e-3, 1.0, 1e4, 1e12}) {
        const MatrixXd x = test::states(d, 1, scale);
        const VectorXd betas = VectorXd::Constant(1, beta);
        const auto posterior = target->averages(x, betas);
        INFO(name << ", |x| ~ " << scale << ", beta = " << beta);
        CHECK(posterior.mean.allFinite());
        CHECK(std::isfinite(posterior.log_partition[0]));
        CHECK(target->mean(x, betas).allFinite());
        CHECK(target->jacobian_product(x, betas, test::states(d, 1)).allFinite());
        CHECK(target->class_probabilities(x, betas).allFinite());
        random::Stream stream({.seed = 3});
        CHECK(target->draw_copies(x.col(0), beta, 50, stream).sum.allFinite());
      }
    }
  }
}

TEST_CASE("Spins in any field along a periodic chain or lattice have a finite posterior") {
  // Weights e^{-2 beta} of a forbidden closing configuration pass through the denormal numbers.
  const auto chain = test::make_target(
      "ising_chain", {{"dimension", "9"}, {"coupling", "0.4"}, {"boundary", "periodic"}});
  const auto torus = test::make_target("ising_lattice", {{"side", "5"}, {"temperature", "2.5"}});
  for (double beta = 100; beta < 900; beta += 7) {
    for (const auto& target : {chain, torus}) {
      const MatrixXd x = MatrixXd::Ones(target->dimension(), 1);
      const VectorXd betas = VectorXd::Constant(1, beta);
      const auto posterior = target->averages(x, betas);
      INFO(target->describe() << ", beta = " << beta);
      CHECK((posterior.mean - x).norm() < 1e-12);
      CHECK(std::isfinite(posterior.log_partition[0]));
      CHECK(target->jacobian_product(x, betas, x).norm() < 1e-12);
    }
  }
}

TEST_CASE("A condensed posterior is its datum, with no spurious susceptibility") {
  const auto target = test::make_target("synthetic_dataset", {{"dimension", "4"}, {"n", "700"}});
  const MatrixXd x = test::points(target)->point(123);
  const VectorXd beta = VectorXd::Constant(1, 1e12);
  const auto posterior = target->averages(x, beta);
  CHECK((posterior.mean - x).norm() == 0);
  CHECK(posterior.participation[0] == 1);
  CHECK(posterior.largest_weight[0] == 1);
  CHECK(posterior.entropy[0] == 0);
  CHECK(target->jacobian_product(x, beta, test::states(4, 1)).norm() == 0);
}

TEST_CASE("The same values give the same live target, another address another dataset") {
  const auto parameters =
      test::target_parameters("synthetic_dataset", {{"dimension", "3"}, {"n", "4"}});
  const auto first = target::build(parameters, {.seed = 1, .disorder = 0});
  CHECK(target::build(parameters, {.seed = 1, .disorder = 0}) == first);
  const auto second = target::build(parameters, {.seed = 1, .disorder = 1});
  CHECK((test::points(second)->point(0) - test::points(first)->point(0)).norm() > 0);
  CHECK(test::make_target("deltas") == test::make_target("deltas"));
  CHECK_THROWS_AS(target::kind("delta"), deck::KeyError);
}
