// Coverage of the errors of fits: data drawn from known laws with Gaussian noise.
#include <analysis/fit/critical.hpp>
#include <analysis/fit/finite_size.hpp>
#include <catch2/catch.hpp>

#include "coverage.hpp"

using namespace symbreak::fit;
using coverage::Count;
using coverage::Engine;

namespace {

VectorXd noisy(Engine& engine, const VectorXd& truth, const VectorXd& sigma) {
  return truth + sigma.cwiseProduct(coverage::normals(engine, truth.size()));
}

}  // namespace

TEST_CASE("coverage: linear fits, independent and correlated data, p-values uniform") {
  Engine engine(21);
  const VectorXd x = VectorXd::LinSpaced(8, 0, 1);
  MatrixXd design(8, 2);
  design << VectorXd::Ones(8), x;
  const VectorXd truth = design * Eigen::Vector2d(1, -2);
  const VectorXd sigma = 0.1 + 0.1 * x.array();
  MatrixXd covariance(8, 8);
  for (Index i = 0; i < 8; ++i) {
    for (Index j = 0; j < 8; ++j) {
      covariance(i, j) = sigma[i] * sigma[j] * std::pow(0.8, std::abs(i - j));
    }
  }
  // Independent of the library's own Cholesky: AR(1) noise has exactly this covariance.
  Count slope, correlated_slope, ignoring_correlation;
  double p_sum = 0, p_squares = 0;
  const int repetitions = 3000;
  for (int r = 0; r < repetitions; ++r) {
    const Fit a = linear(design, noisy(engine, truth, sigma), sigma);
    slope.add(a.value[1], a.error[1], -2);
    p_sum += a.p_value;
    p_squares += a.p_value * a.p_value;
    VectorXd z = coverage::normals(engine, 8);
    for (Index i = 1; i < 8; ++i) z[i] = 0.8 * z[i - 1] + 0.6 * z[i];
    const VectorXd y = truth + sigma.cwiseProduct(z);
    const Fit b = linear_correlated(design, y, covariance);
    correlated_slope.add(b.value[1], b.error[1], -2);
    const Fit c = linear(design, y, sigma);
    ignoring_correlation.add(c.value[0], c.error[0], 1);
  }
  INFO("independent " << slope.text() << "\ncorrelated " << correlated_slope.text());
  CHECK(slope.covers());
  CHECK(correlated_slope.covers());
  CHECK_FALSE(ignoring_correlation.covers());
  // Uniform p: mean 1/2 and mean square 1/3, 4 standard errors.
  CHECK(p_sum / repetitions == Approx(0.5).margin(4 * std::sqrt(1 / 12.0 / repetitions)));
  CHECK(p_squares / repetitions == Approx(1 / 3.0).margin(4 * std::sqrt(4 / 45.0 / repetitions)));
}

TEST_CASE("coverage: nonlinear fits") {
  Engine engine(22);
  const VectorXd x = VectorXd::LinSpaced(20, 0, 3);
  const Model decay = [&](const VectorXd& p) -> VectorXd {
    return p[0] * (-p[1] * x.array()).exp();
  };
  const VectorXd truth = decay(Eigen::Vector2d(2, 1.3)), sigma = VectorXd::Constant(20, 0.05);
  Count rate, halved;
  for (int r = 0; r < 1000; ++r) {
    const Fit a = nonlinear(decay, Eigen::Vector2d(1, 1), noisy(engine, truth, sigma), sigma);
    REQUIRE(a.converged);
    rate.add(a.value[1], a.error[1], 1.3);
    halved.add(a.value[1], a.error[1], 1.3, 0.5);
  }
  INFO(rate.text());
  CHECK(rate.covers());
  CHECK_FALSE(halved.covers());
}

TEST_CASE("coverage: power law with a correction, precise and noisy, without it, refused") {
  const double noise = GENERATE(0.003, 0.15);
  Engine engine(23);
  const VectorXd x = VectorXd::LinSpaced(24, 0.02, 0.5);
  const VectorXd truth = 1.7 * x.array().sqrt() * (1 - 0.4 * x.array());
  const VectorXd sigma = noise * truth;
  Count exponent, scanned, uncorrected;
  for (int r = 0; r < 1000; ++r) {
    const VectorXd y = noisy(engine, truth, sigma);
    const Fit fit = power_law(x, y, sigma, {2, 1});
    exponent.add(fit.value[0], fit.error[0], 0.5);
    const Fit scan = power_law_scan(x, y, sigma, {2, 1});
    scanned.add(scan.value[0], scan.error[0], 0.5);
    const Fit bare = power_law(x, y, sigma, {0, 1});
    uncorrected.add(bare.value[0], bare.error[0], 0.5);
  }
  INFO("noise " << noise << ": " << exponent.text() << "\nscan " << scanned.text()
                << "\nno correction " << uncorrected.text());
  CHECK(exponent.covers());
  CHECK(scanned.covers(0.02));  // the window is chosen by the data
  if (noise < 0.1) CHECK_FALSE(uncorrected.covers(0.02));
}

TEST_CASE("coverage: crossing, root, extrapolation") {
  Engine engine(24);
  const VectorXd x = VectorXd::LinSpaced(11, 0.8, 1.2);
  const VectorXd low = 0.5 - 0.8 * (x.array() - 1) + 0.3 * (x.array() - 1).square();
  const VectorXd high = 0.5 - 2.0 * (x.array() - 1) - 0.5 * (x.array() - 1).square();
  const VectorXd sigma = VectorXd::Constant(11, 0.02);
  const VectorXd n = (VectorXd(6) << 8, 16, 32, 64, 128, 256).finished();
  const VectorXd q = 0.61 + 1.3 / n.array();
  const VectorXd q_sigma = VectorXd::Constant(6, 0.01);
  Count at, value, zero, limit, halved;
  for (int r = 0; r < 600; ++r) {
    const VectorXd y1 = noisy(engine, low, sigma), y2 = noisy(engine, high, sigma);
    const Fit c = crossing(x, y1, sigma, y2, sigma, 2, static_cast<std::uint64_t>(r));
    REQUIRE(c.converged);
    at.add(c.value[0], c.error[0], 1);
    value.add(c.value[1], c.error[1], 0.5);
    halved.add(c.value[0], c.error[0], 1, 0.5);
    const Fit z = root(x, y1 - VectorXd::Constant(11, 0.5), sigma, 1);
    zero.add(z.value[0], z.error[0], 1);
    const Fit e = extrapolate(n, noisy(engine, q, q_sigma), q_sigma, 1, 1);
    limit.add(e.value[0], e.error[0], 0.61);
  }
  INFO("x " << at.text() << "\ny " << value.text() << "\nroot " << zero.text() << "\nlimit "
            << limit.text());
  CHECK(at.covers(0.01));
  CHECK(value.covers(0.01));
  CHECK(zero.covers(0.02));  // degree 1: curvature is left out, the sign change is chosen by noise
  CHECK(limit.covers());
  CHECK_FALSE(halved.covers(0.02));
}

TEST_CASE("coverage: finite-size fits") {
  Engine engine(25);
  VectorXd n(32), t(32), binder(32);
  for (Index i = 0; i < 32; ++i) {
    n[i] = std::pow(4, 3 + i / 8);
    const double z = -1 + 2 * static_cast<double>(i % 8) / 7;
    t[i] = 1 + z / std::sqrt(n[i]);
    const double u = (t[i] - 1) * std::sqrt(n[i]);
    binder[i] = 0.3 - 0.25 * u + 0.03 * u * u + 0.5 / n[i];
  }
  const VectorXd binder_sigma = VectorXd::Constant(32, 0.003);
  Count critical, nu, no_correction;
  for (int r = 0; r < 400; ++r) {
    const VectorXd q = noisy(engine, binder, binder_sigma);
    const Fit b = collapse(t, n, q, binder_sigma, {2, 1, 1});
    REQUIRE(b.converged);
    critical.add(b.value[0], b.error[0], 1);
    nu.add(b.value[1], b.error[1], 2);
    const Fit c = collapse(t, n, q, binder_sigma, {2, 0, 1});
    no_correction.add(c.value[0], c.error[0], 1);
  }
  INFO("t_c " << critical.text() << "\nnu " << nu.text() << "\nt_c without correction "
              << no_correction.text());
  CHECK(critical.covers());
  CHECK(nu.covers());
  CHECK_FALSE(no_correction.covers());
}

TEST_CASE("coverage: fits to data whose errors are estimated from few samples") {
  // A parabola through 9 data whose errors have nu degrees of freedom; how often the tail
  // probability of its first coefficient is below that of 2 and of 3 normal deviations.
  constexpr Index n = 9;
  MatrixXd design(n, 3);
  const VectorXd x = VectorXd::LinSpaced(n, -1, 1);
  design << VectorXd::Ones(n), x, x.cwiseAbs2();
  const VectorXd truth = design * Eigen::Vector3d(1, -2, 0.5);
  const auto tails = [&](double nu, int kind, bool known) {
    Engine engine(31);
    coverage::Tails found;
    for (int r = 0; r < 10000; ++r) {
      VectorXd sigma(n), measured(n);
      for (Index i = 0; i < n; ++i) {
        sigma[i] = kind == 0   ? 1
                   : kind == 1 ? std::pow(10, 0.5 * x[i])
                               : std::exp(coverage::normal(engine) / 2);
        measured[i] = coverage::estimated(engine, 0.1 * sigma[i], nu);
      }
      const VectorXd y = noisy(engine, truth, 0.1 * sigma);
      const Fit fit = known ? linear(design, y, measured)
                            : linear(design, y, {measured, VectorXd::Constant(n, nu)});
      found.add(fit.value[0], fit.error[0], fit.error_dof[0], 1);
    }
    return found;
  };
  const struct {
    double nu, two, three;
  } most[] = {{3, 2, 6}, {7, 1.4, 2.5}, {15, 1.25, 1.9}, {31, 1.2, 1.8}};
  for (const auto& [nu, at_two, at_three] : most) {
    for (int kind = 0; kind < 3; ++kind) {
      const coverage::Tails with = tails(nu, kind, false);
      INFO("nu = " << nu << ", errors of kind " << kind << ", " << with.text());
      CHECK(with.two() < at_two);
      CHECK(with.three() < at_three);
      CHECK(with.two() > 0.6);
    }
  }
  // As if they were known: eight times too often beyond 3 at nu = 7, thirty times at 3.
  CHECK(tails(7, 0, true).three() > 5);
  CHECK(tails(3, 0, true).three() > 20);
}

TEST_CASE("coverage: roots, crossings and collapses of data with errors from few samples") {
  constexpr double nu = 7;
  const VectorXd x = VectorXd::LinSpaced(11, 0.8, 1.2), dof = VectorXd::Constant(11, nu);
  const VectorXd low = 0.5 - 0.8 * (x.array() - 1) + 0.3 * (x.array() - 1).square();
  const VectorXd high = 0.5 - 2.0 * (x.array() - 1) - 0.5 * (x.array() - 1).square();
  const VectorXd sigma = VectorXd::Constant(11, 0.01);
  Engine engine(32);
  const auto measured = [&](const VectorXd& errors) {
    return errors.unaryExpr([&](double e) { return coverage::estimated(engine, e, nu); }).eval();
  };
  coverage::Tails zero, at, value, known;
  for (int r = 0; r < 1500; ++r) {
    const VectorXd y1 = noisy(engine, low, sigma), y2 = noisy(engine, high, sigma);
    const VectorXd e1 = measured(sigma), e2 = measured(sigma);
    const Fit z = polynomial_zero(x, y1.array() - 0.5, {e1, dof}, 2, 1);
    zero.add(z.value[0], z.error[0], z.error_dof[0], 1);
    const Fit c = crossing(x, y1, {e1, dof}, y2, {e2, dof}, 2, static_cast<std::uint64_t>(r));
    at.add(c.value[0], c.error[0], c.error_dof[0], 1);
    value.add(c.value[1], c.error[1], c.error_dof[1], 0.5);
    const Fit k = crossing(x, y1, e1, y2, e2, 2, static_cast<std::uint64_t>(r));
    known.add(k.value[0], k.error[0], k.error_dof[0], 1);
  }
  INFO("zero " << zero.text() << "\nx " << at.text() << "\ny " << value.text() << "\nas if known "
               << known.text());
  for (const coverage::Tails& tails : {zero, at, value}) {
    CHECK(tails.two() < 1.4);
    CHECK(tails.two() > 0.6);
    CHECK(tails.three() < 3);
  }
  CHECK(known.two() > 1.7);
  VectorXd n(32), t(32), binder(32);
  for (Index i = 0; i < 32; ++i) {
    n[i] = std::pow(4, 3 + i / 8);
    const double u = -1 + 2 * static_cast<double>(i % 8) / 7;
    t[i] = 1 + u / std::sqrt(n[i]);
    binder[i] = 0.3 - 0.25 * u + 0.03 * u * u;
  }
  coverage::Tails critical;
  for (int r = 0; r < 500; ++r) {
    const VectorXd errors = VectorXd::Constant(32, 0.003);
    const VectorXd q = noisy(engine, binder, errors);
    const Fit fit = collapse(t, n, q, {measured(errors), VectorXd::Constant(32, nu)}, {2, 0, 1});
    critical.add(fit.value[0], fit.error[0], fit.error_dof[0], 1);
  }
  INFO("collapse " << critical.text());
  CHECK(critical.two() < 1.6);
  CHECK(critical.two() > 0.4);
}
