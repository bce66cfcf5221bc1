// Curie-Weiss model against enumeration of all spin states and independent reference values.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/mean_field.hpp"
#include "analysis/theory/spins/curie_weiss.hpp"
#include "tests/exact/target_build.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

test::Settings keys(int d, double K) {
  return {{"dimension", std::to_string(d)}, {"coupling", std::to_string(K)}};
}

}  // namespace

TEST_CASE("Curie-Weiss: posterior mean, reference vector") {
  const auto target = test::make_target("curie_weiss", keys(8, 0.8));
  VectorXd x(8), expected(8);
  expected << .346079779435, .382545658749, .417934948240, .452185756863, .485246039120,
      .517073537948, .547635600680, .576908881554;
  for (Index i = 0; i < 8; ++i) x[i] = 0.1 * static_cast<double>(i + 1);
  const VectorXd beta = VectorXd::Constant(1, 0.5);
  CHECK((target->averages(x, beta).mean - expected).cwiseAbs().maxCoeff() < 1e-11);
  CHECK((target->mean(x, beta) - expected).cwiseAbs().maxCoeff() < 1e-11);
}

TEST_CASE("Curie-Weiss: everything by enumeration") {
  for (const int d : {1, 6, 9}) {
    for (const double K : {0.0, 0.5, 1.0, 2.5}) {
      const auto target = test::make_target("curie_weiss", keys(d, K));
      const VectorXd x = test::states(d, 1, 0.8);
      for (const double beta : {0.4, 3.0}) {
        double norm = 0, clean = 0, energy = 0;
        Eigen::Vector2d classes(0, 0);
        VectorXd mean = VectorXd::Zero(d);
        MatrixXd second = MatrixXd::Zero(d, d);
        for (int bits = 0; bits < 1 << d; ++bits) {
          VectorXd y(d);
          for (int i = 0; i < d; ++i) y[i] = (bits >> i & 1) != 0 ? 1 : -1;
          const double M = y.sum(), log_phi = K * M * M / (2 * d);
          const double exponent = log_phi + beta * x.dot(y), weight = std::exp(exponent);
          clean += std::exp(log_phi);
          norm += weight;
          energy += weight * exponent;
          mean += weight * y;
          second += weight * y * y.transpose();
          classes[M < 0] += M == 0 ? weight / 2 : weight;
          if (M == 0) classes[1] += weight / 2;
        }
        mean /= norm;
        const MatrixXd covariance = second / norm - mean * mean.transpose();
        const VectorXd betas = VectorXd::Constant(1, beta), v = test::states(d, 2).col(1);
        const auto posterior = target->averages(x, betas);
        INFO("d = " << d << ", K = " << K << ", beta = " << beta);
        CHECK((posterior.mean - mean).norm() < 1e-12);
        CHECK((target->mean(x, betas) - mean).norm() < 1e-12);
        CHECK(posterior.log_partition[0] ==
              Approx(std::log(norm / clean) - beta * d / 2).margin(1e-12));
        CHECK(posterior.entropy[0] == Approx(std::log(norm) - energy / norm).margin(1e-11));
        CHECK((target->jacobian_product(x, betas, v) - beta * covariance * v).norm() < 1e-11);
        CHECK((target->class_probabilities(x, betas) - classes / norm).norm() < 1e-12);
      }
    }
  }
}

TEST_CASE("Curie-Weiss: critical noise <M^2>/d, reference table") {
  const auto noise = [](int d, double K) {
    return test::make_target("curie_weiss", keys(d, K))->critical_noise().value();
  };
  CHECK(noise(16, 0.5) == Approx(1.801868031).epsilon(1e-9));
  CHECK(noise(256, 0.5) == Approx(1.984652166).epsilon(1e-9));
  CHECK(noise(64, 0.9) == Approx(5.834156672).epsilon(1e-9));
  CHECK(noise(64, 1) == Approx(9.109799665).epsilon(1e-9));
  CHECK(noise(256, 1.5) == Approx(187.5163899).epsilon(1e-9));
  // 1/(1-K) with the correction -K/((1-K)^3 d).
  CHECK(noise(4096, 0.5) == Approx(2 - 0.5 / (0.125 * 4096)).epsilon(1e-5));
  CHECK(noise(4096, 1) / 64 == Approx(theory::two_deltas_critical_amplitude()).epsilon(0.02));
}

TEST_CASE("Curie-Weiss: class probabilities of a large ordered magnet") {
  // No enumeration here: P(M > 0 | uniform x) from the d + 1 values of M.
  const int d = 600;
  const double K = 1.5, beta = 0.5, x = 0.004;
  double up = 0, all = 0;
  for (int n = 0; n <= d; ++n) {
    const double M = 2.0 * n - d;
    const double weight =
        std::exp(std::lgamma(d + 1.0) - std::lgamma(n + 1.0) - std::lgamma(d - n + 1.0) +
                 K * M * M / (2 * d) + beta * x * M - K * d / 2);
    all += weight;
    if (M >= 0) up += M > 0 ? weight : weight / 2;
  }
  const auto target = test::make_target("curie_weiss", keys(d, K));
  const auto probabilities =
      target->class_probabilities(VectorXd::Constant(d, x), VectorXd::Constant(1, beta));
  CHECK(probabilities(0, 0) == Approx(up / all).epsilon(1e-9));
  CHECK(probabilities(0, 0) + probabilities(1, 0) == Approx(1).epsilon(1e-14));
}

TEST_CASE("Curie-Weiss: thermodynamic branch") {
  const double m = theory::curie_weiss_magnetization(0.6, 0.7, 0.05);
  CHECK(m == Approx(std::tanh(1.3 * m + 0.7 * 0.05)).epsilon(1e-13));
  CHECK(theory::curie_weiss_spontaneous(0.99) == 0);
  // In the ordered phase the class signal saturates at d m*^2/lambda_in as the noise vanishes.
  const double star = theory::curie_weiss_spontaneous(1.5), slack = 1 - star * star;
  CHECK(theory::curie_weiss_class_signal(100, 1.5, 0) ==
        Approx(100 * star * star * (1 - 1.5 * slack) / slack).epsilon(1e-13));
}
