#include "analysis/theory/training/linear_flow.hpp"

#include <algorithm>
#include <boost/math/special_functions/expint.hpp>
#include <cmath>

#include "analysis/theory/gauss_legendre.hpp"

namespace symbreak::theory {

namespace {

/// E1(u), 0 from where it underflows.
double exponential_integral(double u) { return u > 700 ? 0 : boost::math::expint(1, u); }

/// E1(a) - E1(b) for a, b of one training time; ln(b/a) for tau = 0.
double difference(double a, double b, double tau) {
  if (tau == 0) return std::log(b / a);
  return exponential_integral(a * tau) - exponential_integral(b * tau);
}

}  // namespace

double linear_read_out(double lambda, double noise, double tau) {
  return -lambda / (lambda + noise) * std::expm1(-(lambda + noise) * tau);
}

double linear_train_loss(const Eigen::VectorXd& lambda, double noise, double tau) {
  double sum = 0;
  for (const double l : lambda) {
    sum += (l * noise + l * l * std::exp(-2 * (l + noise) * tau)) / (l + noise);
  }
  return sum / static_cast<double>(lambda.size());
}

double linear_test_loss(const Eigen::VectorXd& lambda, const Eigen::MatrixXd& axes,
                        const Eigen::MatrixXd& population, double noise, double tau) {
  const Eigen::MatrixXd turned = axes.transpose() * population * axes;
  double sum = 0;
  for (Eigen::Index k = 0; k < lambda.size(); ++k) {
    const double A = linear_read_out(lambda[k], noise, tau);
    sum += (1 - A) * (1 - A) * turned(k, k) + noise * A * A;
  }
  return sum / static_cast<double>(lambda.size());
}

double linear_flow_ratio(double lambda, double from, double to, double tau) {
  if (std::isinf(tau)) return (lambda + to) / (lambda + from);
  const double exponent = -std::exp(-lambda * tau) * difference(to, from, tau) +
                          difference(lambda + to, lambda + from, tau);
  return (lambda + to) / (lambda + from) * std::exp(exponent);
}

double linear_process_variance(double lambda, double from, double to, double tau, double variance) {
  // From s1 down to s0: the homogeneous solution is H(s) = exp(-2 int_s^s1 (1 - A) ds/s) =
  // (ratio of the flow)^2, and Var(s0) = H(s0)[Var(s1) + int_s0^s1 ds/H(s)].
  const auto root = [&](double s) { return linear_flow_ratio(lambda, from, s, tau); };
  // Var of the flow obeys dVar/ds = (1 - A) Var/s.
  const double end = std::pow(root(to), 2);
  const auto& rule = gauss_legendre_16();
  const double low = std::log(to), high = std::log(from);
  const int panels = std::max(8, static_cast<int>(std::ceil(4 * (high - low))));
  const double width = (high - low) / panels;
  double sum = 0;
  for (int i = 0; i < panels; ++i) {
    for (std::size_t k = 0; k < 16; ++k) {
      const double s = std::exp(low + width * (i + (1 + rule.node[k]) / 2));
      sum += width / 2 * rule.weight[k] * s * end / std::pow(root(s), 2);
    }
  }
  return end * variance + sum;
}

}  // namespace symbreak::theory
