#include "sim/target/network/difference.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::target::network {

namespace {

constexpr int kSteps = 14;
constexpr double kLongest = 16, kRatio = 4;

}  // namespace

MatrixXd difference_product(const CleanMeanOf& mean, const States& x, const VectorXd& s,
                            const States& v, const VectorXd& steps) {
  const Index n = x.cols();
  const VectorXd norms = v.colwise().norm();
  const VectorXd lengths = steps.array() * s.array().sqrt();
  MatrixXd both(x.rows(), 2 * n);
  VectorXd noise(2 * n);
  noise << s, s;
  for (Index k = 0; k < n; ++k) {
    const VectorXd shift =
        norms[k] > 0 ? VectorXd(v.col(k) * (lengths[k] / norms[k])) : VectorXd::Zero(x.rows());
    both.col(k) = x.col(k) + shift;
    both.col(n + k) = x.col(k) - shift;
  }
  const MatrixXd values = mean(both, noise);
  const VectorXd factors = norms.array() / (2 * lengths.array());
  return (values.leftCols(n) - values.rightCols(n)) * factors.asDiagonal();
}

DifferenceStep find_step(const CleanMeanOf& mean, const MatrixXd& x, double s,
                         const MatrixXd& directions, Index group) {
  std::vector<MatrixXd> products;
  const VectorXd noise = VectorXd::Constant(x.cols(), s);
  for (int k = 0; k < kSteps; ++k) {
    const double step = kLongest * std::pow(kRatio, -k);
    products.push_back(
        difference_product(mean, x, noise, directions, VectorXd::Constant(x.cols(), step)));
  }
  DifferenceStep best{kLongest, INFINITY};
  for (int k = 1; k + 1 < kSteps; ++k) {
    const auto at = static_cast<std::size_t>(k);
    double worst = 0;
    for (Index first = 0; first < x.cols(); first += group) {
      const auto norm = [&](const MatrixXd& m) { return m.middleCols(first, group).norm(); };
      const double size = norm(products[at]);
      const double error = std::max(norm(products[at] - products[at - 1]) / (kRatio * kRatio - 1),
                                    norm(products[at] - products[at + 1]));
      worst = std::max(worst, size > 0 ? error / size : (error > 0 ? INFINITY : 0));
    }
    if (worst < best.error) best = {kLongest * std::pow(kRatio, -k), worst};
  }
  return best;
}

}  // namespace symbreak::target::network
