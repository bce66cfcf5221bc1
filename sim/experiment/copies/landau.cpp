#include "sim/experiment/copies/landau.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/matrix.hpp"

namespace symbreak::experiment::copies {

using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

/// Directions of the order plane that determine q: one for k = 1, the circle for k = 2 (a quartic
/// form is a trigonometric polynomial of degree 4, so 16 equal angles integrate it well beyond its
/// own degree; q^{-k/4} converges exponentially), and 16 generic ones that only test isotropy.
std::vector<VectorXd> directions(Index k) {
  std::vector<VectorXd> all;
  const Index count = k == 1 ? 1 : k == 2 ? 64 : 16;
  for (Index i = 0; i < count; ++i) {
    VectorXd direction = VectorXd::Ones(k);
    const double angle = 2 * M_PI * static_cast<double>(i) / static_cast<double>(count);
    if (k == 2) direction << std::cos(angle), std::sin(angle);
    if (k > 2) {
      for (Index a = 0; a < k; ++a) {
        direction[a] = std::sin(1.0 + 2.3 * static_cast<double>(a * a + 1) + 1.7 * i * (a + 1));
      }
      direction.normalize();
    }
    all.push_back(direction);
  }
  return all;
}

/// Length of |m| at which beta |x|^2 = 1.
double natural_length(const MatrixXd& axes, double beta) {
  return 1 / std::sqrt(beta * axes.col(0).squaredNorm());
}

}  // namespace

bool plane_is_invariant(const target::Target& target, double beta) {
  const MatrixXd axes = target.order_axes();
  const double length = natural_length(axes, beta);
  for (const VectorXd& direction : directions(axes.cols())) {
    const MatrixXd x = 0.5 * length * axes * direction;
    const VectorXd mean = target.mean(x, VectorXd::Constant(1, beta));
    VectorXd across = mean;
    for (Index a = 0; a < axes.cols(); ++a) {
      across -= axes.col(a) * (axes.col(a).dot(mean) / axes.col(a).squaredNorm());
    }
    if (across.norm() > 1e-8 * x.norm()) return false;
  }
  return true;
}

std::optional<theory::LandauLaw> landau(const target::Target& target) {
  const auto noise = target.critical_noise();
  if (!noise) return std::nullopt;
  const double beta = 1 / *noise;
  const MatrixXd axes = target.order_axes();
  const VectorXd norms = axes.colwise().squaredNorm();
  if (norms.maxCoeff() - norms.minCoeff() > 1e-9 * norms.maxCoeff()) return std::nullopt;
  if (!plane_is_invariant(target, beta)) return std::nullopt;

  // f(r) - f(0) = sum_j c_j r^{2j}, j = 1..6, through six radii in units of the natural length.
  constexpr Index kTerms = 6;
  constexpr double kSpacing = 0.08;
  const double length = natural_length(axes, beta);
  VectorXd radius(kTerms + 1);
  MatrixXd powers(kTerms, kTerms);
  radius[0] = 0;
  for (Index i = 0; i < kTerms; ++i) {
    radius[i + 1] = kSpacing * static_cast<double>(i + 1);
    for (Index j = 0; j < kTerms; ++j) {
      powers(i, j) = std::pow(radius[i + 1], 2 * static_cast<double>(j + 1));
    }
  }

  theory::LandauLaw result{.components = axes.cols(), .quadratic = norms[0] * beta, .quartic = {}};
  for (const VectorXd& direction : directions(axes.cols())) {
    const MatrixXd x = length * (axes * direction) * radius.transpose();
    const VectorXd log_z = target.averages(x, VectorXd::Constant(kTerms + 1, beta)).log_partition;
    const VectorXd f = (beta / 2) * x.colwise().squaredNorm().transpose() - log_z;
    const VectorXd taylor =
        statistics::LeastSquares(powers, f.tail(kTerms).array() - f[0]).solution;
    const double q = taylor[1] / std::pow(length, 4);
    if (!(q > 1e-6 / std::pow(length, 4))) return std::nullopt;
    result.quartic.push_back(q);
  }
  if (result.components > 2) {
    if (!result.isotropic()) return std::nullopt;
    result.quartic.resize(1);
  }
  return result;
}

}  // namespace symbreak::experiment::copies
