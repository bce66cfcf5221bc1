// Erasure where a mean over sets of kept spins is all there is: A_k, the mean entropy of k of them.
//   H(u) = H - sum_k Bin(k; d, u) A_k,   -dH/du = d sum_k Bin(k; d-1, u) (A_{k+1} - A_k)
#include <cmath>

#include "analysis/theory/channels/curve.hpp"

namespace symbreak::theory {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// -p log p
double surprise(double p) { return p > 0 ? -p * std::log(p) : 0; }

/// Of the joint law of sign(M) and of what is kept: up, down, M = 0.
struct Agreement {
  double own = 0;     ///< sum_c p_c^2/p, M = 0 a class of its own
  double shared = 0;  ///< the same with half of M = 0 in each
  void add(double up, double down, double none, double times = 1) {
    const double all = up + down + none;
    if (!(all > 0)) return;
    own += times * (up * up + down * down + none * none) / all;
    const double half = none / 2;
    shared += times * ((up + half) * (up + half) + (down + half) * (down + half)) / all;
  }
};

/// Means over the sets of k spins, k = 0 .. d.
struct BlockMeans {
  VectorXd entropy;
  VectorXd own, shared;  ///< clones of the sign of M; empty: not known
};

class ErasedBlocks final : public ChannelCurve {
 public:
  explicit ErasedBlocks(BlockMeans means)
      : A_(std::move(means.entropy)),
        own_(std::move(means.own)),
        shared_(std::move(means.shared)),
        d_(A_.size() - 1) {}

  double entropy(double signal) const override {
    return binomial_law(d_, signal).dot((A_[d_] - A_.array()).matrix());
  }
  double rate(double signal) const override {
    return static_cast<double>(d_) * binomial_law(d_ - 1, signal).dot(A_.tail(d_) - A_.head(d_));
  }
  std::optional<double> clones(double signal, bool shared) const override {
    if (own_.size() == 0) return std::nullopt;
    return binomial_law(d_, signal).dot(shared ? shared_ : own_);
  }

 private:
  VectorXd A_, own_, shared_;
  Index d_;
};

/// The law of the number of up spins in one spin less: of n spins each is as likely left out.
VectorXd one_less(const VectorXd& law) {
  const Index n = law.size() - 1;
  VectorXd less(n);
  const double size = static_cast<double>(n);
  for (Index j = 0; j < n; ++j) {
    less[j] =
        (law[j] * static_cast<double>(n - j) + law[j + 1] * static_cast<double>(j + 1)) / size;
  }
  return less;
}

/// -sum P(j) log(P(j)/C(n, j)): all sets of j up spins are equally likely.
double exchangeable_entropy(const VectorXd& law) {
  const double n = static_cast<double>(law.size() - 1);
  double sum = 0;
  for (Index j = 0; j < law.size(); ++j) {
    const double ups = static_cast<double>(j);
    sum += surprise(law[j]);
    if (law[j] > 0) {
      sum += law[j] * (std::lgamma(n + 1) - std::lgamma(ups + 1) - std::lgamma(n - ups + 1));
    }
  }
  return sum;
}

/// Goes through all 3^d pairs of a set of kept spins and a state of theirs.
class Marginals {
 public:
  explicit Marginals(const VectorXd& probability) : d_(0) {
    while ((Index{1} << d_) < probability.size()) ++d_;
    means_ = {VectorXd::Zero(d_ + 1), VectorXd::Zero(d_ + 1), VectorXd::Zero(d_ + 1)};
    // One array a class; what is left of them, level by level, below one another.
    MatrixXd classes = MatrixXd::Zero(probability.size(), 3);
    for (Index s = 0; s < probability.size(); ++s) {
      const int twice = 2 * __builtin_popcountll(static_cast<unsigned long long>(s));
      classes(s, twice > d_ ? 0 : twice < d_ ? 1 : 2) = probability[s];
    }
    scratch_.assign(static_cast<std::size_t>(d_) + 1, {});
    for (Index bits = 0; bits < d_; ++bits) {
      scratch_[static_cast<std::size_t>(bits)].resize(Index{1} << bits, 3);
    }
    visit(classes.data(), classes.rows(), d_, 0);
    double sets = 1;  // C(d, k)
    for (Index k = 0; k <= d_; ++k) {
      means_.entropy[k] /= sets;
      means_.own[k] /= sets;
      means_.shared[k] /= sets;
      sets *= static_cast<double>(d_ - k) / static_cast<double>(k + 1);
    }
  }
  BlockMeans means() && { return std::move(means_); }

 private:
  /// `p`: three arrays of 2^bits numbers, `stride` apart; the highest bit is decided first.
  void visit(const double* p, Index stride, Index bits, Index kept) {
    if (bits == 0) {
      const double up = p[0], down = p[stride], none = p[2 * stride];
      means_.entropy[kept] += surprise(up + down + none);
      Agreement agreement;
      agreement.add(up, down, none);
      means_.own[kept] += agreement.own;
      means_.shared[kept] += agreement.shared;
      return;
    }
    const Index half = Index{1} << (bits - 1);
    visit(p, stride, bits - 1, kept + 1);
    visit(p + half, stride, bits - 1, kept + 1);
    MatrixXd& sum = scratch_[static_cast<std::size_t>(bits - 1)];
    for (Index c = 0; c < 3; ++c) {
      const double* of = p + c * stride;
      for (Index s = 0; s < half; ++s) sum(s, c) = of[s] + of[half + s];
    }
    visit(sum.data(), half, bits - 1, kept);
  }

  Index d_;
  BlockMeans means_;
  std::vector<MatrixXd> scratch_;
};

}  // namespace

std::unique_ptr<ChannelCurve> erased_exchangeable(const VectorXd& law) {
  const Index d = law.size() - 1;
  BlockMeans means{VectorXd(d + 1), VectorXd::Zero(d + 1), VectorXd::Zero(d + 1)};
  VectorXd up = law, down = law, none = law;
  for (Index n = 0; n <= d; ++n) {
    if (2 * n <= d) up[n] = 0;
    if (2 * n >= d) down[n] = 0;
    if (2 * n != d) none[n] = 0;
  }
  for (Index k = d; k >= 0; --k) {
    means.entropy[k] = exchangeable_entropy(up + down + none);
    Agreement agreement;
    for (Index j = 0; j <= k; ++j) agreement.add(up[j], down[j], none[j]);
    means.own[k] = agreement.own;
    means.shared[k] = agreement.shared;
    if (k == 0) break;
    up = one_less(up);
    down = one_less(down);
    none = one_less(none);
  }
  return std::make_unique<ErasedBlocks>(std::move(means));
}

std::unique_ptr<ChannelCurve> erased_states(const VectorXd& probability) {
  // 3^d terms, and the points of a deck mostly have one law.
  thread_local VectorXd last;
  thread_local BlockMeans means;
  if (last.size() != probability.size() || last != probability) {
    means = Marginals(probability).means();
    last = probability;
  }
  return std::make_unique<ErasedBlocks>(means);
}

}  // namespace symbreak::theory
