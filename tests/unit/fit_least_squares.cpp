#include <analysis/fit/least_squares.hpp>
#include <catch2/catch.hpp>
#include <cmath>

using namespace symbreak::fit;

TEST_CASE("linear: straight line against the closed form of its normal equations") {
  const VectorXd x = (VectorXd(4) << 0, 1, 2, 4).finished();
  const VectorXd y = (VectorXd(4) << 1, 3, 4, 9).finished();
  const VectorXd sigma = (VectorXd(4) << 1, 0.5, 1, 2).finished();
  MatrixXd design(4, 2);
  design << VectorXd::Ones(4), x;
  // Numerical Recipes eqs. 15.2.4 and 15.2.6
  const Eigen::ArrayXd w = sigma.array().square().inverse();
  const double s = w.sum(), sx = (w * x.array()).sum(), sy = (w * y.array()).sum();
  const double sxx = (w * x.array().square()).sum(), sxy = (w * x.array() * y.array()).sum();
  const double delta = s * sxx - sx * sx;
  const Fit fit = linear(design, y, sigma);
  CHECK(fit.value[0] == Approx((sxx * sy - sx * sxy) / delta));
  CHECK(fit.value[1] == Approx((s * sxy - sx * sy) / delta));
  CHECK(fit.covariance(0, 0) == Approx(sxx / delta));
  CHECK(fit.covariance(1, 1) == Approx(s / delta));
  CHECK(fit.covariance(0, 1) == Approx(-sx / delta));
  CHECK(fit.dof == 2);
  CHECK(fit.p_value == Approx(std::exp(-fit.chi2 / 2)));  // exact for two degrees of freedom

  const Fit correlated = linear_correlated(design, y, sigma.cwiseAbs2().asDiagonal());
  CHECK((correlated.value - fit.value).norm() < 1e-12);
  CHECK((correlated.covariance - fit.covariance).norm() < 1e-12);
  const Model line = [&](const VectorXd& p) -> VectorXd { return design * p; };
  const Fit iterated = nonlinear(line, VectorXd::Zero(2), y, sigma);
  CHECK(iterated.converged);
  CHECK((iterated.value - fit.value).norm() < 1e-9);
  CHECK((iterated.covariance - fit.covariance).norm() < 1e-8);
  CHECK(iterated.chi2 == Approx(fit.chi2));
}

TEST_CASE("correlated: common noise does not average out") {
  // Two measurements of one number with errors 1 and correlation rho: variance (1 + rho)/2.
  const double rho = 0.8;
  const MatrixXd covariance = (MatrixXd(2, 2) << 1, rho, rho, 1).finished();
  const Fit fit = linear_correlated(VectorXd::Ones(2), Eigen::Vector2d(1, 2), covariance);
  CHECK(fit.value[0] == Approx(1.5));
  CHECK(fit.covariance(0, 0) == Approx((1 + rho) / 2));
  CHECK(fit.chi2 == Approx(0.5 / (1 - rho)));  // (1-2)^2 / Var(difference) = 1/(2 - 2 rho)
}

TEST_CASE("linear: columns of very different size are no degeneracy") {
  MatrixXd design(6, 2);
  design << VectorXd::Ones(6), 1e-12 * VectorXd::LinSpaced(6, 0, 5);
  const Fit fit = linear(design, VectorXd::LinSpaced(6, 1, 11), VectorXd::Ones(6));
  CHECK(fit.value[0] == Approx(1));
  CHECK(fit.value[1] == Approx(2e12));
}

TEST_CASE("nonlinear: exponential decay from a poor start, failure is flagged") {
  const VectorXd x = VectorXd::LinSpaced(20, 0, 3);
  const Model decay = [&](const VectorXd& p) -> VectorXd {
    return p[0] * (-p[1] * x.array()).exp();
  };
  const VectorXd y = decay(Eigen::Vector2d(2, 1.3));
  const Fit fit = nonlinear(decay, Eigen::Vector2d(1, 0.1), y, VectorXd::Constant(20, 0.01));
  CHECK(fit.converged);
  CHECK(fit.value[0] == Approx(2).epsilon(1e-9));
  CHECK(fit.value[1] == Approx(1.3).epsilon(1e-9));
  // A parameter the data do not see.
  const Model blind = [&](const VectorXd& p) { return VectorXd::Constant(20, p[0]).eval(); };
  CHECK_FALSE(nonlinear(blind, Eigen::Vector2d(1, 1), y, VectorXd::Ones(20)).converged);
  const Model broken = [&](const VectorXd&) { return VectorXd::Constant(20, NAN).eval(); };
  CHECK_FALSE(nonlinear(broken, Eigen::Vector2d(1, 1), y, VectorXd::Ones(20)).converged);
}

TEST_CASE("fits: impossible requests are refused") {
  const VectorXd two = VectorXd::Ones(2), three = VectorXd::Ones(3);
  CHECK_THROWS_AS(linear(MatrixXd::Random(2, 3), two, two), std::invalid_argument);
  CHECK_THROWS_AS(linear(MatrixXd::Ones(3, 2), three, three), std::invalid_argument);
  CHECK_THROWS_AS(linear(MatrixXd::Random(3, 2), three, two), std::invalid_argument);
  CHECK_THROWS_AS(linear(MatrixXd::Random(2, 2), three, three), std::invalid_argument);
  CHECK_THROWS_AS(linear(three, three, VectorXd::Zero(3)), std::invalid_argument);
  CHECK_THROWS_AS(linear(three, three * NAN, three), std::invalid_argument);
  CHECK_THROWS_AS(linear_correlated(three, three, MatrixXd::Ones(3, 3)), std::invalid_argument);
}

TEST_CASE("survival: chi2 tables") {
  CHECK(survival(3.841458820694124, 1) == Approx(0.05));
  CHECK(survival(18.307038053275146, 10) == Approx(0.05));
  CHECK(std::isnan(survival(0, 0)));
}
