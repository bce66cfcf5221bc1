// Flips: H(y|x) = H(Y) + d h2(p) - H(X), and everything else from the ratios
//   rho_i = p(x with spin i turned over)/p(x) = (1 + u^2 - 2 u x_i <y_i>)/(1 - u^2),
// -dH/du = (1/u) sum_i E[u atanh u + (1/2) ln rho_i].
#include <cmath>
#include <functional>

#include "analysis/theory/channels/curve.hpp"

namespace symbreak::theory {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double surprise_of(double p) { return p > 0 ? -p * std::log(p) : 0; }

/// <y_i> x_i of a spin whose rho is known.
double aligned_mean(double rho, double u) { return (1 + u * u - rho * (1 - u * u)) / (2 * u); }

/// sum_c p_c^2/p of joint probabilities up, down, M = 0.
double agreement_of(double up, double down, double none, bool shared) {
  const double all = up + down + none;
  if (!(all > 0)) return 0;
  if (!shared) return (up * up + down * down + none * none) / all;
  const double a = up + none / 2, b = down + none / 2;
  return (a * a + b * b) / all;
}

/// What the ratios say, the same however states are counted.
class FlipCurve : public ChannelCurve {
 public:
  double rate(double u) const override {
    if (!(u > 0)) return 0;
    double sum = static_cast<double>(d_) * u * std::atanh(u);
    for_each_ratio(u, [&](double p, double rho) { sum += p * std::log(rho) / 2; });
    return sum / u;
  }
  std::optional<double> overlap(double u) const override {
    if (!(u > 0)) return std::nullopt;
    double sum = 0;
    for_each_ratio(u, [&](double p, double rho) {
      const double m = aligned_mean(rho, u);
      sum += p * m * m;
    });
    return sum / static_cast<double>(d_);
  }

 protected:
  explicit FlipCurve(Index d) : d_(d) {}
  /// visit(weight, rho): the mean over x and the sum over spins of a function of rho.
  virtual void for_each_ratio(double u, const std::function<void(double, double)>& visit) const = 0;

  Index d_;
};

/// 2^d states.
class FlippedStates final : public FlipCurve {
 public:
  explicit FlippedStates(VectorXd probability) : FlipCurve(0), y_(std::move(probability)) {
    while ((Index{1} << d_) < y_.size()) ++d_;
    for (const double p : y_) entropy_ += surprise_of(p);
  }

  double entropy(double u) const override {
    if (u >= 1) return 0;
    double noisy = 0;
    for (const double p : through(y_, u)) noisy += surprise_of(p);
    return entropy_ + static_cast<double>(d_) * binary_entropy_of((1 - u) / 2) - noisy;
  }
  std::optional<double> clones(double u, bool shared) const override {
    MatrixXd of(y_.size(), 3);
    for (int c = 0; c < 3; ++c) {
      VectorXd part = VectorXd::Zero(y_.size());
      for (Index s = 0; s < y_.size(); ++s) {
        const int twice = 2 * __builtin_popcountll(static_cast<unsigned long long>(s));
        if (c == (twice > d_ ? 0 : twice < d_ ? 1 : 2)) part[s] = y_[s];
      }
      of.col(c) = through(part, u);
    }
    double sum = 0;
    for (Index s = 0; s < of.rows(); ++s) sum += agreement_of(of(s, 0), of(s, 1), of(s, 2), shared);
    return sum;
  }

 private:
  /// Site by site: sums of positive numbers, so that small probabilities keep their digits.
  VectorXd through(VectorXd law, double u) const {
    const double flip = (1 - u) / 2, stay = (1 + u) / 2;
    for (Index i = 0; i < d_; ++i) {
      const Index bit = Index{1} << i;
      for (Index s = 0; s < law.size(); ++s) {
        if ((s & bit) != 0) continue;
        const double a = law[s], b = law[s | bit];
        law[s] = stay * a + flip * b;
        law[s | bit] = flip * a + stay * b;
      }
    }
    return law;
  }
  /// visit(p(x), rho_i) for all states and spins.
  void for_each_ratio(double u, const std::function<void(double, double)>& visit) const override {
    const VectorXd x = through(y_, u);
    for (Index s = 0; s < x.size(); ++s) {
      for (Index i = 0; i < d_; ++i) {
        if (x[s] > 0) visit(x[s], x[s ^ (Index{1} << i)] / x[s]);
      }
    }
  }

  VectorXd y_;
  double entropy_ = 0;
};

/// Exchangeable spins: x by its number of up spins.
class FlippedExchangeable final : public FlipCurve {
 public:
  explicit FlippedExchangeable(const VectorXd& law)
      : FlipCurve(law.size() - 1), law_(law), log_sets_(law) {
    const double d = static_cast<double>(d_);
    for (Index m = 0; m <= d_; ++m) {
      const double k = static_cast<double>(m);
      log_sets_[m] = std::lgamma(d + 1) - std::lgamma(k + 1) - std::lgamma(d - k + 1);
      entropy_ += surprise_of(law_[m]) + (law_[m] > 0 ? law_[m] * log_sets_[m] : 0);
    }
  }

  double entropy(double u) const override {
    if (u >= 1) return 0;
    const VectorXd x = joint(u).rowwise().sum();
    double noisy = 0;
    for (Index s = 0; s <= d_; ++s) {
      noisy += surprise_of(x[s]) + (x[s] > 0 ? x[s] * log_sets_[s] : 0);
    }
    return entropy_ + static_cast<double>(d_) * binary_entropy_of((1 - u) / 2) - noisy;
  }
  std::optional<double> clones(double u, bool shared) const override {
    const MatrixXd of = joint(u);
    double sum = 0;
    for (Index s = 0; s <= d_; ++s) sum += agreement_of(of(s, 0), of(s, 1), of(s, 2), shared);
    return sum;
  }

 private:
  /// P(s up spins in x, sign of M of y): columns up, down, M = 0.
  MatrixXd joint(double u) const {
    const double flip = (1 - u) / 2;
    MatrixXd all = MatrixXd::Zero(d_ + 1, 3);
    for (Index m = 0; m <= d_; ++m) {
      if (!(law_[m] > 0)) continue;
      const VectorXd up = binomial_law(m, 1 - flip), down = binomial_law(d_ - m, flip);
      auto column = all.col(2 * m > d_ ? 0 : 2 * m < d_ ? 1 : 2);
      for (Index a = 0; a <= m; ++a) column.segment(a, d_ - m + 1) += law_[m] * up[a] * down;
    }
    return all;
  }
  /// visit(probability, rho) for spins of either sign, summed over the spins.
  void for_each_ratio(double u, const std::function<void(double, double)>& visit) const override {
    const VectorXd x = joint(u).rowwise().sum();
    for (Index s = 0; s <= d_; ++s) {
      if (!(x[s] > 0)) continue;
      const double ups = static_cast<double>(s), downs = static_cast<double>(d_ - s);
      // Of one state: P(s)/C(d, s).
      if (s > 0) visit(x[s] * ups, x[s - 1] / x[s] * (downs + 1) / ups);
      if (s < d_) visit(x[s] * downs, x[s + 1] / x[s] * (ups + 1) / downs);
    }
  }

  VectorXd law_, log_sets_;
  double entropy_ = 0;
};

}  // namespace

std::unique_ptr<ChannelCurve> flipped_states(const VectorXd& probability) {
  return std::make_unique<FlippedStates>(probability);
}

std::unique_ptr<ChannelCurve> flipped_exchangeable(const VectorXd& law) {
  return std::make_unique<FlippedExchangeable>(law);
}

}  // namespace symbreak::theory
