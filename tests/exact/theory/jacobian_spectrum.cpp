// Spectra of Jacobians: closed forms, published values, and block Lanczos on matrices that are known.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/matrix.hpp"
#include "analysis/theory/information.hpp"
#include "analysis/theory/jacobian_spectrum.hpp"
#include "analysis/theory/sphere.hpp"
#include "sim/experiment/score_spectrum/lanczos.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/jacobian_law.hpp"
#include "tests/parameters.hpp"

namespace symbreak::test::jacobian_spectrum {

using namespace symbreak;
using namespace symbreak::experiment::score_spectrum;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

Approx near(double value, double margin) { return Approx(value).epsilon(0).margin(margin); }

random::Stream stream(std::uint64_t seed) {
  return random::Stream({.seed = seed, .purpose = random::Purpose::test});
}

/// <y> = J x for one matrix.
class Linear final : public target::Denoiser {
 public:
  explicit Linear(MatrixXd J) : J_(std::move(J)) {}
  Index dimension() const override { return J_.rows(); }
  MatrixXd mean(const target::States& x, const target::Betas&) const override { return J_ * x; }
  MatrixXd jacobian_product(const target::States&, const target::Betas&,
                            const target::States& v) const override {
    return J_ * v;
  }

 private:
  MatrixXd J_;
};

/// A plane of these variances in d dimensions, turned at random: J = sum v/(v+s) u u^T.
Linear plane(const std::vector<double>& variances, Index d, double s, std::uint64_t seed) {
  random::Stream axes = stream(seed);
  const auto D = static_cast<Index>(variances.size());
  const MatrixXd U = statistics::orthonormal(random::normals(axes, d, D));
  VectorXd ratio(D);
  for (Index k = 0; k < D; ++k) {
    const double v = variances[static_cast<std::size_t>(k)];
    ratio[k] = v / (v + s);
  }
  return Linear(U * ratio.asDiagonal() * U.transpose());
}

LocalSpectrum spectrum_of(const target::Denoiser& denoiser, Index wanted, bool symmetric = true) {
  random::Stream probes = stream(7);
  return local_spectrum(denoiser, VectorXd::Zero(denoiser.dimension()), 1,
                        {.wanted = wanted, .tolerance = 1e-9, .symmetric = symmetric}, probes);
}

}  // namespace

TEST_CASE("Lanczos finds the degenerate spectrum of a plane, and nothing off it") {
  const double s = 0.3;
  const std::vector<double> variances = {4, 4, 4, 4, .25, .25, .25, .25};
  for (const Index d : {10, 32, 400}) {
    INFO("d = " << d);
    const LocalSpectrum found = spectrum_of(plane(variances, d, s, 3), std::min<Index>(d, 12));
    double trace = 0, square = 0;
    for (std::size_t k = 0; k < variances.size(); ++k) {
      const double exact = variances[k] / (variances[k] + s);
      CHECK(found.values[static_cast<Index>(k)] == near(exact, 1e-10));
      trace += exact;
      square += exact * exact;
    }
    CHECK(std::abs(found.values[8]) < 1e-10);
    CHECK(found.count == 4);
    CHECK(found.trace == near(trace, 1e-9));
    CHECK(found.square == near(square, 1e-9));
    CHECK(found.residual < 1e-9);
  }
  // As large a block as the degeneracy: one vector at a time would see one of twenty.
  const LocalSpectrum flat = spectrum_of(plane(std::vector<double>(20, 1.0), 300, s, 4), 24);
  CHECK(flat.count == 20);
  CHECK(flat.values[19] == near(1 / 1.3, 1e-10));
}

TEST_CASE("Residuals of Lanczos bound the errors of a spectrum that does not end") {
  const Index d = 500;
  VectorXd values(d);
  for (Index k = 0; k < d; ++k) values[k] = 1 / (1 + 0.02 * static_cast<double>(k));
  random::Stream axes = stream(5);
  const MatrixXd U = statistics::orthonormal(random::normals(axes, d, d));
  const Linear denoiser(U * values.asDiagonal() * U.transpose());
  double traces = 0;
  constexpr int kRepeats = 20;
  for (int i = 0; i < kRepeats; ++i) {
    random::Stream probes = stream(static_cast<std::uint64_t>(100 + i));
    const LocalSpectrum found =
        local_spectrum(denoiser, VectorXd::Zero(d), 1, {.wanted = 4, .tolerance = 1e-2}, probes);
    for (Index k = 0; k < 4; ++k) {
      CHECK(std::abs(found.values[k] - values[k]) <= found.residual + 1e-12);
    }
    traces += found.trace / kRepeats;
  }
  // The rest of the trace by probes, unbiased: sqrt(2 |J|^2/probes) of a repeat.
  const double error = std::sqrt(2 * values.squaredNorm() / (8 * kRepeats));
  CHECK(std::abs(traces - values.sum()) < 3.5 * error);
}

TEST_CASE("A score that is no gradient has singular values") {
  MatrixXd J(3, 3);
  J << 0, 2, 0, 0, 0, 0.25, 0.5, 0, 0;
  const LocalSpectrum found = spectrum_of(Linear(J), 3, false);
  CHECK(found.values[0] == near(2, 1e-12));
  CHECK(found.values[1] == near(0.5, 1e-12));
  CHECK(found.values[2] == near(0.25, 1e-12));
  CHECK(found.trace == near(0, 1e-14));
  CHECK(found.count == 1);
}

namespace {

/// J v and J^T v of any matrix.
class Skewed final : public target::Denoiser, public target::AdjointJacobian {
 public:
  explicit Skewed(MatrixXd J) : J_(std::move(J)) {}
  Index dimension() const override { return J_.rows(); }
  MatrixXd mean(const target::States& x, const target::Betas&) const override { return J_ * x; }
  MatrixXd jacobian_product(const target::States&, const target::Betas&,
                            const target::States& v) const override {
    return J_ * v;
  }
  MatrixXd transposed_product(const target::States&, const target::Betas&,
                              const target::States& v) const override {
    return J_.transpose() * v;
  }

 private:
  MatrixXd J_;
};

}  // namespace

TEST_CASE("Singular values in many dimensions need no matrix") {
  // J = U S V^T with ten singular values; U and V independent.
  const Index d = 200, D = 10;
  random::Stream axes = stream(11);
  const MatrixXd U = statistics::orthonormal(random::normals(axes, d, D)),
                 V = statistics::orthonormal(random::normals(axes, d, D));
  VectorXd S(D);
  for (Index k = 0; k < D; ++k) S[k] = std::pow(.8, static_cast<double>(k));
  const MatrixXd J = U * S.asDiagonal() * V.transpose();
  random::Stream probes = stream(12);
  const LocalSpectrum found = local_spectrum(
      Skewed(J), VectorXd::Zero(d), 1,
      {.wanted = 12, .tolerance = 1e-12, .symmetric = false, .most_dense = 100}, probes);
  for (Index k = 0; k < D; ++k) CHECK(found.values[k] == near(S[k], 1e-9));
  CHECK(std::abs(found.values[D]) < 1e-6);
  CHECK(found.count == 4);  // .8^3 = .512
  CHECK(found.square == near(S.squaredNorm(), 1e-9));
  CHECK(found.trace == near(J.trace(), 1e-9));
  CHECK(found.products < 100);
}

TEST_CASE("Patch scores: Lanczos finds the singular values of the whole Jacobian") {
  const auto patches = target::build_denoiser(
      test::parameters("score_spectrum", {"target.kind=ising_patches", "target.temperature=2.5",
                                          "target.patch=3", "target.side=8", "experiment.t=1"}));
  const auto& adjoint = *target::part<target::AdjointJacobian>(*patches);
  const Index d = patches->dimension();
  REQUIRE(d == 64);
  random::Stream draws = stream(13);
  const VectorXd x = random::normals(draws, d, 1).col(0);
  const double beta = 0.7;
  const VectorXd betas = VectorXd::Constant(d, beta);
  const MatrixXd J = patches->jacobian_product(x.replicate(1, d), betas, MatrixXd::Identity(d, d));
  const MatrixXd T = adjoint.transposed_product(x.replicate(1, d), betas, MatrixXd::Identity(d, d));
  CHECK((J.transpose() - T).norm() < 1e-13 * J.norm());
  CHECK((J - T).norm() > 1e-2 * J.norm());  // no gradient
  LanczosSetting setting{.wanted = 6, .tolerance = 1e-10, .symmetric = false};
  random::Stream probes = stream(14);
  const LocalSpectrum dense = local_spectrum(*patches, x, beta, setting, probes);
  setting.most_dense = 10;
  const LocalSpectrum found = local_spectrum(*patches, x, beta, setting, probes);
  for (Index k = 0; k < 6; ++k) {
    CHECK(std::abs(found.values[k] - dense.values[k]) <= found.residual + 1e-9);
  }
}

TEST_CASE("The Jacobian of the sphere: tangential and radial") {
  const auto sphere = target::build_denoiser(test::parameters(
      "score_spectrum", {"target.kind=sphere", "target.dimension=10", "experiment.t=1"}));
  for (const double s : {.1, .01, .001}) {
    VectorXd x = VectorXd::LinSpaced(10, -1, 2);
    x *= std::sqrt(1 + 10 * s) / x.norm();
    random::Stream probes = stream(9);
    const LocalSpectrum found = local_spectrum(*sphere, x, 1 / s, {.wanted = 10}, probes);
    // A/|x| across x, (1 - A^2 - (d - 1) A/kappa)/s along it.
    const double kappa = x.norm() / s, A = theory::bessel_ratio(10, kappa);
    const double tangential = A / x.norm(), radial = (1 - A * A - 9 * A / kappa) / s;
    for (Index k = 0; k < 9; ++k) CHECK(found.values[k] == near(tangential, 1e-10));
    CHECK(found.values[9] == near(radial, 1e-8));
    CHECK(found.trace == near(9 * tangential + radial, 1e-8));
  }
}

TEST_CASE("Traces of Jacobians: the sphere and two classes") {
  struct Row {
    double d, s, trace;
  };
  for (const Row r : {Row{2, .1, 1.069884069}, Row{2, .01, 1.005130880}, Row{3, .1, 1.880821158},
                      Row{3, .01, 1.989896838}, Row{10, .1, 4.919196935}, Row{10, .01, 8.362430115},
                      Row{10, .001, 8.932887728}, Row{50, .02, 24.917089275}}) {
    INFO("d = " << r.d << ", s = " << r.s);
    CHECK(theory::sphere_trace(r.d, 1, r.s) == near(r.trace, 1e-8));
    CHECK(theory::sphere_trace(r.d, 3, 9 * r.s) == near(r.trace, 1e-8));
  }
  struct Delta {
    double G, trace;
  };
  for (const Delta r :
       {Delta{.25, .198986433592}, Delta{1, .449599509207}, Delta{1.508330629, .479515970638},
        Delta{4, .274389635163}, Delta{9, .037359717659}}) {
    CHECK(theory::two_class_trace(1, 0, 2 * r.G, 2) == near(r.trace, 1e-10));
  }
  CHECK(theory::two_class_trace(5, 3, 0, 1) == near(5 * .75, 1e-14));
}

TEST_CASE("Collapse and freezing of points of a Gaussian law") {
  const std::vector<double> two = {4, 4, 4, 4, .25, .25, .25, .25};
  const double critical = theory::linear_collapse_noise(two, std::log(1000.0));
  CHECK(critical == near(.262966530, 1e-9));
  std::vector<double> inverse, square;
  for (int k = 1; k <= 16; ++k) {
    inverse.push_back(1.0 / k);
    square.push_back(1.0 / (k * k));
  }
  CHECK(theory::linear_collapse_noise(inverse, std::log(1e3)) == near(.120577127, 1e-9));
  CHECK(theory::linear_collapse_noise(inverse, std::log(1e5)) == near(.048663598, 1e-9));
  CHECK(theory::linear_collapse_noise(square, std::log(1e4)) == near(.014003632, 1e-9));
  CHECK(theory::linear_collapse_noise(std::vector<double>(16, 1), std::log(1e5)) ==
        near(.310851967, 2e-6));
  for (const auto& [share, high, low] : {std::tuple{.5, .944, .511}, std::tuple{.1, .948, .533}}) {
    const double sigma = theory::frozen_noise(two, share * critical, std::log(1000.0));
    CHECK(4 / (4 + sigma) == near(high, 6e-4));
    CHECK(.25 / (.25 + sigma) == near(low, 6e-4));
  }
  CHECK(theory::frozen_noise(two, 2 * critical, std::log(1000.0)) == 2 * critical);
}

}  // namespace symbreak::test::jacobian_spectrum
