#include <array>
#include <cmath>

#include "analysis/theory/channels/curve.hpp"

namespace symbreak::theory {

namespace {

using Eigen::Index;
using Eigen::Matrix2d;
using Eigen::VectorXd;

/// A product of transfer matrices, entries at most 1 in size, times e^scale. Rows and columns: the
/// spin is up, down.
struct Product {
  Matrix2d matrix = Matrix2d::Identity();
  double scale = 0;
  void normalise() {
    const double top = matrix.maxCoeff();
    matrix /= top;
    scale += std::log(top);
  }
};

/// The polynomial H(u) of a ring: pair_[n - 1] = sum_i E log W(i, i + n), n = 1 .. d.
class ErasedChain final : public ChannelCurve {
 public:
  ErasedChain(const std::vector<double>& K, const std::vector<double>& h)
      : d_(static_cast<Index>(K.size())), pair_(VectorXd::Zero(d_)) {
    // T_i carries half the fields of both of its ends.
    std::vector<Matrix2d> T;
    for (Index i = 0; i < d_; ++i) {
      const auto here = static_cast<std::size_t>(i), next = static_cast<std::size_t>((i + 1) % d_);
      Matrix2d step;
      for (Index a = 0; a < 2; ++a) {
        for (Index b = 0; b < 2; ++b) {
          const double s = a == 0 ? 1 : -1, r = b == 0 ? 1 : -1;
          step(a, b) = K[here] * s * r + (h[here] * s + h[next] * r) / 2;
        }
      }
      T.push_back(step);
    }
    for (Index i = 0; i < d_; ++i) add_pairs_from(i, T);
    data_entropy_ = log_sum_ - pair_[0];
  }

  double entropy(double signal) const override {
    const double e = 1 - signal;
    if (!(e > 0)) return 0;
    if (!(signal > 0)) return data_entropy_;
    double kept = -std::expm1(static_cast<double>(d_) * std::log(e)) * log_sum_, power = 1;
    for (Index n = 1; n <= d_; ++n, power *= e) {
      kept -= power * signal * (n < d_ ? signal : 1) * pair_[n - 1];
    }
    return data_entropy_ - kept;
  }
  double rate(double signal) const override {
    // d/de of -kept: of -(1 - e^d) log Z, and of (1-e)^2 e^{n-1} or (1-e) e^{d-1}.
    const double e = 1 - signal;
    double sum = static_cast<double>(d_) * std::pow(e, static_cast<double>(d_ - 1)) * log_sum_;
    double power = 1, before = 0;  // e^{n-1}, e^{n-2}
    for (Index n = 1; n <= d_; ++n) {
      const double order = static_cast<double>(n - 1), u = signal;
      const double slope =
          n < d_ ? u * (order * before * u - 2 * power) : order * before * u - power;
      sum += slope * pair_[n - 1];
      before = power;
      power *= e;
    }
    return sum;
  }

 private:
  /// W(i, i + n) and the rest of the ring, n = 1 .. d: the pair law is their product over Z.
  void add_pairs_from(Index i, const std::vector<Matrix2d>& T) {
    const auto at = [&](Index j) { return T[static_cast<std::size_t>(j % d_)]; };
    std::vector<Product> rest(static_cast<std::size_t>(d_) + 1);  // from i + n on, back to i
    for (Index n = d_ - 1; n >= 0; --n) {
      Product& here = rest[static_cast<std::size_t>(n)];
      const Matrix2d step = at(i + n).array().exp();
      here = rest[static_cast<std::size_t>(n + 1)];
      here.matrix = step * here.matrix;
      here.normalise();
    }
    const Product& all = rest[0];
    const double trace = all.matrix.trace();
    if (i == 0) log_sum_ = std::log(trace) + all.scale;
    Product way;
    Matrix2d logs;
    for (Index n = 1; n <= d_; ++n) {
      if (n == 1) {
        logs = at(i);  // as it is given, also where its exponential would underflow
        way.matrix = logs.array().exp();
      } else {
        way.matrix = way.matrix * Matrix2d(at(i + n - 1).array().exp());
      }
      way.normalise();
      if (n > 1) logs = way.matrix.array().log() + way.scale;
      const Product& back = rest[static_cast<std::size_t>(n)];
      const double scale = std::exp(way.scale + back.scale - all.scale) / trace;
      double mean = 0;
      for (Index a = 0; a < 2; ++a) {
        for (Index b = 0; b < 2; ++b) {
          const double p = way.matrix(a, b) * back.matrix(b, a) * scale;
          if (p > 0) mean += p * logs(a, b);
        }
      }
      pair_[n - 1] += mean;
    }
  }

  Index d_;
  VectorXd pair_;
  double log_sum_ = 0, data_entropy_ = 0;
};

}  // namespace

std::unique_ptr<ChannelCurve> erased_chain(const std::vector<double>& couplings,
                                           const std::vector<double>& fields) {
  return std::make_unique<ErasedChain>(couplings, fields);
}

}  // namespace symbreak::theory
