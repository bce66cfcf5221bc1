#include "analysis/theory/spins/locality.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "analysis/theory/channels/curve.hpp"

namespace symbreak::theory {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kNodes = 901;

class Chain {
 public:
  Chain(double K, double beta) : rho_(std::tanh(K)), beta_(beta) {
    // Ten deviations beyond the largest message, which is at most |K|.
    const double reach = std::abs(K) + 10 * std::sqrt(beta);
    nodes_ = VectorXd::LinSpaced(kNodes, beta - reach, beta + reach);
    step_ = 2 * reach / static_cast<double>(kNodes - 1);
    message_ = nodes_.unaryExpr([&](double t) { return std::atanh(rho_ * std::tanh(t)); });
    kernel_.resize(kNodes, kNodes);
    for (Index j = 0; j < kNodes; ++j) {
      kernel_.col(j) = step_ * ((1 + rho_) / 2 * gaussian(beta + message_[j]) +
                                (1 - rho_) / 2 * gaussian(beta - message_[j]));
    }
  }
  VectorXd own() const { return gaussian(beta_); }
  VectorXd further(const VectorXd& density) const { return kernel_ * density; }

  /// Adds what r further sites on the other side say (none: an empty density) to the field.
  struct Centre {
    double mmse = 0, entropy = 0;
  };
  Centre centre(const VectorXd& one_side, const VectorXd& other) const {
    const auto sums = [&](double shift) {
      Centre sum;
      for (Index i = 0; i < kNodes; ++i) {
        const double t = nodes_[i] + shift, weight = step_ * one_side[i];
        // E tanh t = E tanh^2 t; -log P(y = +).
        sum.mmse += weight * std::tanh(t);
        sum.entropy += weight * (std::max(0.0, -2 * t) + std::log1p(std::exp(-2 * std::abs(t))));
      }
      return sum;
    };
    Centre result{.mmse = 1};
    const auto add = [&](double weight, const Centre& part) {
      result.mmse -= weight * part.mmse;
      result.entropy += weight * part.entropy;
    };
    if (other.size() == 0) {
      add(1, sums(0));
      return result;
    }
    for (Index j = 0; j < kNodes; ++j) {
      const double weight = step_ * other[j];
      if (weight < 1e-18) continue;
      add(weight * (1 + rho_) / 2, sums(message_[j]));
      add(weight * (1 - rho_) / 2, sums(-message_[j]));
    }
    return result;
  }

  /// The largest eigenvalue of the kernel times f'^2: a small difference of messages, squared.
  double factor() const {
    const VectorXd slope = nodes_.unaryExpr([&](double t) {
      const double c = std::tanh(t);
      return rho_ * (1 - c * c) / (1 - rho_ * rho_ * c * c);
    });
    const VectorXd squared = slope.cwiseAbs2();
    VectorXd v = own();
    double value = 0;
    for (int i = 0; i < 2000; ++i) {
      const VectorXd next = kernel_ * squared.cwiseProduct(v);
      const double last = value;
      value = next.norm() / v.norm();
      v = next.normalized();
      if (std::abs(value - last) < 1e-15 * value) break;
    }
    return value;
  }

 private:
  VectorXd gaussian(double mean) const {
    return ((nodes_.array() - mean).square() / (-2 * beta_)).exp() / std::sqrt(2 * M_PI * beta_);
  }
  double rho_, beta_, step_ = 0;
  VectorXd nodes_, message_;
  MatrixXd kernel_;
};

}  // namespace

ChainWindows chain_windows(double K, double beta, int radius) {
  const Chain chain(K, beta);
  ChainWindows result;
  result.factor = chain.factor();
  const auto add = [&](const VectorXd& one_side, const VectorXd& other) {
    const auto centre = chain.centre(one_side, other);
    result.mmse.push_back(centre.mmse);
    result.entropy.push_back(centre.entropy);
  };
  VectorXd other, one_side = chain.own();
  add(one_side, other);
  for (int r = 1; r <= radius; ++r) {
    other = one_side;
    one_side = chain.further(one_side);
    add(one_side, other);
  }
  // The whole chain: messages that no longer change.
  for (int r = 0; r < 10000; ++r) {
    const VectorXd next = chain.further(one_side);
    const double change = (next - one_side).cwiseAbs().maxCoeff();
    one_side = next;
    if (change < 1e-15 * one_side.maxCoeff()) break;
  }
  const auto whole = chain.centre(one_side, one_side);
  result.whole_mmse = whole.mmse;
  result.whole_entropy = whole.entropy;
  return result;
}

ChainWindows masked_chain_windows(double K, double e, int radius) {
  const double rho = std::tanh(K);
  // What is left to know of a masked spin, its nearest seen neighbours at distances a and b (0:
  // none on that side), whose spins are equal with probability (1 + rho^{a+b})/2.
  struct Left {
    double mmse = 1, entropy = std::log(2.0);
  };
  const auto spin = [](double m) { return Left{1 - m * m, binary_entropy_of((1 + m) / 2)}; };
  const auto between = [&](int a, int b) {
    if (a == 0 || b == 0) return a + b == 0 ? Left{} : spin(std::pow(rho, a + b));
    const double left = std::pow(rho, a), right = std::pow(rho, b), both = left * right;
    const Left equal = spin((left + right) / (1 + both)),
               unlike = both < 1 ? spin((left - right) / (1 - both)) : Left{0, 0};
    return Left{(1 + both) / 2 * equal.mmse + (1 - both) / 2 * unlike.mmse,
                (1 + both) / 2 * equal.entropy + (1 - both) / 2 * unlike.entropy};
  };
  const auto within = [&](int r) {
    const auto share = [&](int a) {
      return a == 0 ? std::pow(e, r) : (1 - e) * std::pow(e, a - 1);
    };
    Left sum{0, 0};
    for (int a = 0; a <= r; ++a) {
      for (int b = 0; b <= r; ++b) {
        const Left here = between(a, b);
        sum.mmse += e * share(a) * share(b) * here.mmse;
        sum.entropy += e * share(a) * share(b) * here.entropy;
      }
    }
    return sum;
  };
  ChainWindows result;
  result.factor = e * rho * rho;
  for (int r = 0; r <= radius; ++r) {
    const Left left = within(r);
    result.mmse.push_back(left.mmse);
    result.entropy.push_back(left.entropy);
  }
  // Beyond this radius less than 1e-17 is left.
  const double falls = std::log(std::max(result.factor, 1e-300));
  const Left whole = within(std::max(radius, static_cast<int>(std::ceil(-39 / falls)) + 1));
  result.whole_mmse = whole.mmse;
  result.whole_entropy = whole.entropy;
  return result;
}

}  // namespace symbreak::theory
