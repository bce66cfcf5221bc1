// Fits of data whose law is known exactly.
#include <analysis/fit/critical.hpp>
#include <analysis/fit/finite_size.hpp>
#include <catch2/catch.hpp>
#include <cmath>

using namespace symbreak::fit;

namespace {

/// Nonzero solution of m = tanh(m/t), t < 1.
double magnetization(double t) {
  double m = std::min(1.0, std::sqrt(3 * (1 / t - 1)));
  for (int i = 0; i < 200; ++i) {
    const double f = std::tanh(m / t);
    m -= (f - m) / ((1 - f * f) / t - 1);
  }
  return m;
}

VectorXd spaced(double from, double to, Index count) {
  return VectorXd::LinSpaced(count, from, to);
}

}  // namespace

TEST_CASE("deterministic power law: exponent 1/2 of m = tanh(m/t) to 1e-6") {
  const VectorXd tau = spaced(0.0167, 0.5, 30);
  const VectorXd m = tau.unaryExpr([](double x) { return magnetization(1 - x); });
  CHECK(magnetization(0.5) == Approx(0.957504024077).epsilon(1e-11));
  const Fit fit = power_law_deterministic(tau, m, VectorXd::Constant(30, 1e-15));
  INFO("beta - 1/2 = " << fit.value[0] - 0.5 << " +- " << fit.error[0]
                       << ", A^2 - 3 = " << fit.value[1] * fit.value[1] - 3 << ", " << fit.window);
  CHECK(std::abs(fit.value[0] - 0.5) < 1e-6);
  CHECK(std::abs(fit.value[0] - 0.5) <= fit.error[0]);
  CHECK(fit.error[0] < 1e-6);
  CHECK(fit.value[1] == Approx(std::sqrt(3)).epsilon(1e-5));  // m^2 = 3 tau + ...
}

TEST_CASE("deterministic power law: noise above the stated errors shows in the error") {
  const VectorXd tau = spaced(0.0167, 0.5, 30);
  VectorXd m = tau.unaryExpr([](double x) { return magnetization(1 - x); });
  for (Index i = 0; i < m.size(); ++i) m[i] *= 1 + 1e-7 * std::sin(1e4 * tau[i]);
  const Fit fit = power_law_deterministic(tau, m, VectorXd::Constant(30, 1e-15));
  CHECK(std::abs(fit.value[0] - 0.5) <= fit.error[0]);
  CHECK(fit.error[0] < 1e-4);
}

TEST_CASE("power law: exact data return their law, with the series of the corrections") {
  // y = 2 x^-1 exp(0.3 x - 0.1 x^2) = 2 x^-1 (1 + 0.3 x + (0.045 - 0.1) x^2 + ...)
  const VectorXd x = spaced(0.01, 1, 20);
  const VectorXd y = 2 * x.array().inverse() * (0.3 * x.array() - 0.1 * x.array().square()).exp();
  const Fit fit = power_law(x, y, 1e-3 * y, {2, 1});
  CHECK(fit.value[0] == Approx(-1).epsilon(1e-12));
  CHECK(fit.value[1] == Approx(2).epsilon(1e-12));
  CHECK(fit.value[2] == Approx(0.3).epsilon(1e-10));
  CHECK(fit.value[3] == Approx(-0.055).epsilon(1e-10));
  CHECK(fit.dof == 16);
}

TEST_CASE("power law scan: the window stops where the series no longer holds") {
  const VectorXd x = spaced(0.02, 1, 50);
  // One correction is fitted; a kink at x = 0.5 spoils the wide window.
  const VectorXd y = x.unaryExpr([](double v) {
    return std::sqrt(v) * std::exp(0.2 * v) * (v > 0.5 ? 1 + 3 * (v - 0.5) : 1);
  });
  const Fit fit = power_law_scan(x, y, 1e-3 * y);
  CHECK(fit.converged);
  CHECK(fit.value[0] == Approx(0.5).margin(3 * fit.error[0]));
  CHECK(fit.p_value > 0.05);
  CHECK(fit.dof < 30);
  const VectorXd wrong = 1 + x.array().square();  // no power law at all
  CHECK_FALSE(power_law_scan(x, wrong, 1e-9 * wrong).converged);
}

TEST_CASE("root: cos x has its zero at pi/2, the error bounds the truncation") {
  for (const int degree : {2, 3, 4, 6}) {
    const VectorXd x = spaced(0.3, 3.0, 25);
    const Fit fit = root(x, x.array().cos(), VectorXd::Constant(25, 1e-15), degree);
    INFO("degree " << degree << ": " << fit.value[0] - M_PI / 2 << " +- " << fit.error[0]);
    CHECK(std::abs(fit.value[0] - M_PI / 2) <= fit.error[0]);
    CHECK(fit.error[0] < std::pow(0.15, degree));
    CHECK(fit.value[1] == Approx(-1).margin(0.02));
  }
  CHECK_THROWS_AS(root(spaced(0, 1, 9), spaced(1, 2, 9), VectorXd::Ones(9), 2),
                  std::invalid_argument);
}

TEST_CASE("crossing: sin and cos cross at pi/4, 1/sqrt 2") {
  const VectorXd x = spaced(0.4, 1.2, 21);
  const VectorXd sigma = VectorXd::Constant(21, 1e-6);
  const Fit fit = crossing(x, x.array().sin(), sigma, x.array().cos(), sigma, 5, 1);
  CHECK(fit.value[0] == Approx(M_PI / 4).margin(1e-6));
  CHECK(fit.value[1] == Approx(std::sqrt(0.5)).margin(1e-6));
  CHECK(fit.error[0] < 1e-6);
  CHECK(fit.converged);
  CHECK_THROWS_AS(crossing(x, x.array().sin(), sigma, x.array().sin() + 1, sigma, 2, 1),
                  std::invalid_argument);
}

TEST_CASE("extrapolate: two terms of 1/n are recovered") {
  const VectorXd n = (VectorXd(5) << 8, 16, 32, 64, 128).finished();
  const VectorXd q = 0.6 + 2 / n.array() - 5 / n.array().square();
  const Fit fit = extrapolate(n, q, VectorXd::Constant(5, 1e-4), 1, 2);
  CHECK(fit.value[0] == Approx(0.6).epsilon(1e-12));
  CHECK(fit.value[1] == Approx(2).epsilon(1e-10));
  CHECK(fit.value[2] == Approx(-5).epsilon(1e-9));
}

TEST_CASE("collapse: windows of very different sizes nest around the critical point") {
  // An even grid of starts over the widest window misses the window of the largest size.
  std::vector<double> t, n, q;
  for (const double size : {256., 1024., 4096., 16384., 65536.}) {
    for (int i = -10; i <= 10; ++i) {
      const double z = 0.08 * i;
      t.push_back(11.6 * (1 + (z + 0.013) / std::sqrt(size)));
      n.push_back(size);
      const double u = (t.back() - 11.6) * std::sqrt(size) / 11.6;
      q.push_back(0.27 - 0.32 * u + 0.04 * u * u + 0.05 * u * u * u +
                  (0.3 + 0.1 * u) / std::sqrt(size));
    }
  }
  const auto vector = [](const std::vector<double>& v) {
    return VectorXd(Eigen::Map<const VectorXd>(v.data(), static_cast<Index>(v.size())));
  };
  const Fit fit = collapse(vector(t), vector(n), vector(q), VectorXd::Constant(105, 1e-4),
                           {.degree = 6, .corrections = 3, .correction_exponent = 0.5});
  CHECK(fit.converged);
  CHECK(fit.value[0] == Approx(11.6).epsilon(1e-8));
  CHECK(fit.value[1] == Approx(2).epsilon(1e-5));
  CHECK(fit.chi2 < 1e-6);
}

TEST_CASE("collapse: exact data return critical point and nu") {
  for (const double nu : {0.5, 1.0, 2.0}) {
    VectorXd t(44), n(44), q(44);
    for (Index i = 0; i < 44; ++i) {
      n[i] = std::pow(2, 4 + i / 11);
      const double z = -1 + 0.2 * static_cast<double>(i % 11);
      t[i] = 1.3 + z * std::pow(64, -1 / nu);
      const double u = (t[i] - 1.3) * std::pow(n[i], 1 / nu);
      q[i] = 0.4 - 0.3 * u + 0.05 * u * u + (0.2 + 0.1 * u) / n[i];
    }
    const Fit fit = collapse(t, n, q, VectorXd::Constant(44, 1e-4), {2, 2, 1});
    INFO("nu = " << nu << ": t_c " << fit.value[0] << " nu " << fit.value[1]);
    CHECK(fit.converged);
    CHECK(fit.value[0] == Approx(1.3).epsilon(1e-7));
    CHECK(fit.value[1] == Approx(nu).epsilon(1e-5));
    CHECK(fit.value[2] == Approx(0.4).epsilon(1e-6));
    CHECK(fit.value[5] == Approx(0.2).epsilon(1e-4));
  }
}
