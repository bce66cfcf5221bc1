// Patch machines: the published test vectors, the identities between machines, and the Jacobian
// against differences. References: physics notes, computed by an independent program.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "sim/target/patch/machine.hpp"
#include "sim/target/target.hpp"
#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

target::Images test_images() {
  target::Images images{1, 6, 6, MatrixXd(36, 3), {}, "test images"};
  for (Index a = 0; a < 3; ++a) {
    for (Index i = 0; i < 36; ++i) {
      const auto y = static_cast<double>(i / 6), x = static_cast<double>(i % 6),
                 n = static_cast<double>(a);
      images.values(i, a) = std::sin(1.3 * n + 0.7 * y + 0.4 * x * (n + 1));
    }
  }
  return images;
}

std::shared_ptr<const target::Denoiser> machine(const std::string& name, Index patch,
                                                const target::Images& images, Index side = 0,
                                                bool single_precision = false) {
  return target::build_machine({name, {{patch}, {}}, side, single_precision}, images);
}

/// Random +-1 or real images, reproducible.
target::Images random_images(Index channels, Index side, Index count, bool signs) {
  random::Stream stream({.seed = 7, .purpose = random::Purpose::test});
  target::Images images{channels, side,    side, MatrixXd(channels * side * side, count),
                        {},       "random"};
  for (Index i = 0; i < images.values.size(); ++i) {
    const double z = stream.normal();
    images.values.data()[i] = signs ? (z > 0 ? 1 : -1) : z;
  }
  return images;
}

VectorXd at(double beta, Index walkers = 1) { return VectorXd::Constant(walkers, beta); }

MatrixXd translated(const MatrixXd& x, Index side, Index dy, Index dx) {
  MatrixXd result = x;
  for (Index i = 0; i < side * side; ++i) {
    result.row((i / side + dy) % side * side + (i % side + dx) % side) = x.row(i);
  }
  return result;
}

}  // namespace

TEST_CASE("Scores of all patch machines match the test vectors") {
  struct Row {
    std::string machine;
    double at_00, at_03, at_32, at_55, sum_of_squares;
  };
  const std::vector<Row> rows = {
      {"is", -2.698359910730, 1.532011696337, .753415131101, -.152710404207, 147.891236053042},
      {"ls", -1.297013929024, 1.581237712850, .802291419892, .157060882966, 41.913792595391},
      {"els_wrapped", -1.951116615445, .615709633197, -.036305170889, -.475390284909,
       34.846667935631},
      {"els_valid", -2.395760423166, -.105547674923, .105776474585, -.518528810033,
       40.961166714635},
      {"bbels", -1.297013929024, 1.272505076244, .105776474585, .157060882966, 27.867035690106}};
  // VP: x = alpha y + sigma z; in the Brownian gauge x/alpha at s = sigma^2/alpha^2, and
  // score = (alpha <y> - x)/sigma^2.
  const double alpha = std::sqrt(0.6), variance = 0.4;
  VectorXd x(36);
  for (Index i = 0; i < 36; ++i) {
    x[i] = 1.1 * std::cos(0.9 * static_cast<double>(i / 6) - 0.5 * static_cast<double>(i % 6));
  }
  for (const Row& row : rows) {
    INFO(row.machine);
    const auto denoiser = machine(row.machine, 3, test_images());
    const VectorXd mean = denoiser->mean(x / alpha, at(alpha * alpha / variance));
    const VectorXd score = (alpha * mean - x) / variance;
    CHECK(score[0] == Approx(row.at_00).margin(1e-10));
    CHECK(score[3] == Approx(row.at_03).margin(1e-10));
    CHECK(score[20] == Approx(row.at_32).margin(1e-10));
    CHECK(score[35] == Approx(row.at_55).margin(1e-10));
    CHECK(score.squaredNorm() == Approx(row.sum_of_squares).margin(1e-9));
  }
}

TEST_CASE("A local machine that sees everything is the ideal one, an equivariant one commutes") {
  const target::Images images = random_images(1, 5, 6, false);
  const MatrixXd x = test::states(25, 3);
  const auto ideal = machine("is", 1, images), local = machine("ls", 9, images);
  CHECK((ideal->mean(x, at(0.7, 3)) - local->mean(x, at(0.7, 3))).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((machine("ls", 7, images)->mean(x, at(0.7, 3)) - ideal->mean(x, at(0.7, 3)))
            .cwiseAbs()
            .maxCoeff() > 1e-3);
  for (const char* name : {"els_wrapped", "es", "els_valid"}) {
    INFO(name);
    const auto equivariant = machine(name, 3, images);
    const MatrixXd moved = equivariant->mean(translated(x, 5, 2, 1), at(0.7, 3));
    CHECK((moved - translated(equivariant->mean(x, at(0.7, 3)), 5, 2, 1)).cwiseAbs().maxCoeff() <
          1e-12);
  }
}

TEST_CASE("Uniform patches: closed form, and the same as the machine of two uniform images") {
  const auto closed = target::build_denoiser(
      test::target_parameters("uniform_patches", {{"side", "8"}, {"patch", "3"}}));
  target::Images two{1, 3, 3, MatrixXd(9, 2), {}, "two uniform images"};
  two.values.col(0).setOnes();
  two.values.col(1).setConstant(-1);
  const auto general = machine("els_wrapped", 3, two, 8);
  const MatrixXd x = test::states(64, 5, 2), v = test::states(64, 5);
  const VectorXd beta = VectorXd::LinSpaced(5, 0.05, 2);
  CHECK((closed->mean(x, beta) - general->mean(x, beta)).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((closed->jacobian_product(x, beta, v) - general->jacobian_product(x, beta, v))
            .cwiseAbs()
            .maxCoeff() < 1e-12);
}

TEST_CASE("Jacobians of patch machines are those of differences") {
  // Central differences with a step of 1e-4, improved once (Richardson): error about 1e-11.
  const auto difference = [](const target::Denoiser& denoiser, const VectorXd& x, double beta,
                             const VectorXd& v) {
    const auto central = [&](double h) -> VectorXd {
      return (denoiser.mean(x + h * v, at(beta)) - denoiser.mean(x - h * v, at(beta))) / (2 * h);
    };
    return VectorXd((4 * central(1e-3) - central(2e-3)) / 3);
  };
  for (const bool signs : {false, true}) {
    for (const char* name : {"is", "es", "ls", "els_valid", "els_wrapped", "bbels"}) {
      for (const Index channels : {1, 2}) {
        INFO(fmt::format("{} signs={} channels={}", name, signs, channels));
        const auto denoiser = machine(name, 3, random_images(channels, 5, 4, signs));
        const VectorXd x = test::states(denoiser->dimension(), 1),
                       v = test::states(denoiser->dimension(), 2).col(1);
        const VectorXd exact = denoiser->jacobian_product(x, at(0.6), v);
        CHECK((exact - difference(*denoiser, x, 0.6, v)).cwiseAbs().maxCoeff() < 1e-8);
      }
    }
  }
}

TEST_CASE("Spectrum at x = 0 is circulant for symmetric patches, and the profile gives it") {
  const auto denoiser = target::build_denoiser(test::target_parameters(
      "ising_patches", {{"side", "6"}, {"patch", "3"}, {"temperature", "3"}}));
  const auto& score = dynamic_cast<const target::PatchScore&>(*denoiser);
  const double beta = 0.2;
  const MatrixXd covariance = score.local_covariance(VectorXd::Zero(36), beta);
  const VectorXd profile = score.covariance_profile(VectorXd::Zero(36), beta);
  for (Index ky = 0; ky < 6; ++ky) {
    for (Index kx = 0; kx < 6; ++kx) {
      VectorXd mode(36);
      double predicted = 0;
      const double qy = 2 * M_PI * static_cast<double>(ky) / 6,
                   qx = 2 * M_PI * static_cast<double>(kx) / 6;
      for (Index i = 0; i < 36; ++i) {
        mode[i] = std::cos(qy * static_cast<double>(i / 6) + qx * static_cast<double>(i % 6));
      }
      const target::Windows window = score.windows(beta);
      for (Index r = 0; r < 9; ++r) {
        predicted += beta * profile[r] *
                     std::cos(qy * static_cast<double>(window.dy(r)) +
                              qx * static_cast<double>(window.dx(r)));
      }
      const VectorXd image = denoiser->jacobian_product(VectorXd::Zero(36), at(beta), mode);
      CHECK((image - predicted * mode).cwiseAbs().maxCoeff() < 1e-12);
    }
  }
  CHECK(target::antisymmetric_share(score, score.windows(beta), covariance) < 1e-12);
  const VectorXd x = test::states(36, 1);
  CHECK(target::antisymmetric_share(score, score.windows(beta), score.local_covariance(x, beta)) >
        1e-6);
}

TEST_CASE("Single precision, sign tables and many patches agree with double") {
  for (const bool signs : {false, true}) {
    const target::Images images = random_images(1, 12, 40, signs);
    for (const Index patch : {3, 5}) {
      const auto exact = machine("els_wrapped", patch, images),
                 fast = machine("els_wrapped", patch, images, 0, true);
      const MatrixXd x = test::states(144, 70, 1.5);
      for (const double beta : {0.1, 1.0, 8.0}) {
        INFO(fmt::format("signs {} patch {} beta {}", signs, patch, beta));
        CHECK((exact->mean(x, at(beta, 70)) - fast->mean(x, at(beta, 70))).cwiseAbs().maxCoeff() <
              3e-5);
      }
    }
  }
}
