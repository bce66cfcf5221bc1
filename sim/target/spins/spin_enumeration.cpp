// All 2^d states of a spin system. With the spins split into two halves a and b, exp(E) is a
// 2^|a| x 2^|b| matrix W and the field is a product of two vectors, so everything in a field is a
// few matrix products: sums = A' W B, 4 x 2^d flops per walker in blocks, no exponential per state.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "sim/target/points/multinomial.hpp"
#include "sim/target/spins/spin_oracle.hpp"

namespace symbreak::target {

namespace {

using Eigen::ArrayXXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::VectorXd;

/// Above this range of E, exp(E - largest) of states that a field may favour is lost.
constexpr double kWidestRange = 600;

/// 2^bits x bits, entries +-1: spin r of state s is up where bit r of s is set.
MatrixXd sign_table(Index bits) {
  MatrixXd table(Index{1} << bits, bits);
  for (Index s = 0; s < table.rows(); ++s) {
    for (Index r = 0; r < bits; ++r) table(s, r) = (s >> r & 1) != 0 ? 1 : -1;
  }
  return table;
}

class Enumeration final : public SpinOracle {
 public:
  explicit Enumeration(const kernel::SpinGraph& graph)
      : d_(static_cast<Index>(graph.sites())),
        low_(d_ / 2),
        low_signs_(sign_table(low_)),
        high_signs_(sign_table(d_ - low_)) {
    MatrixXd K = MatrixXd::Zero(d_, d_);
    for (Index i = 0; i < d_; ++i) {
      const auto row = static_cast<std::size_t>(i);
      for (auto e = static_cast<std::size_t>(graph.first[row]);
           e < static_cast<std::size_t>(graph.first[row + 1]); ++e) {
        K(i, graph.neighbour[e]) += graph.coupling[e];
      }
    }
    const Index high = d_ - low_;
    const VectorXd own_low =
        (low_signs_ * K.topLeftCorner(low_, low_)).cwiseProduct(low_signs_).rowwise().sum() / 2;
    const VectorXd own_high =
        (high_signs_ * K.bottomRightCorner(high, high)).cwiseProduct(high_signs_).rowwise().sum() /
        2;
    energy_ = (low_signs_ * K.topRightCorner(low_, high)) * high_signs_.transpose();
    energy_.colwise() += own_low;
    energy_.rowwise() += own_high.transpose();
    top_ = energy_.maxCoeff();
    if (top_ - energy_.minCoeff() < kWidestRange) {
      weight_ = (energy_.array() - top_).exp();
      weighted_energy_ = weight_.cwiseProduct(energy_);
      energy_.resize(0, 0);
    }
  }

  Sums sums(const MatrixXd& field, Wanted wanted) const override {
    Sums result{VectorXd(field.cols()), {}, {}};
    if (wanted.mean) result.mean.resize(d_, field.cols());
    if (wanted.energy) result.energy.resize(field.cols());
    for_each_block(field, [&](Index first, const MatrixXd& W, const MatrixXd& WE, const Halves& h) {
      const Index n = h.low.cols();
      const MatrixXd low = h.low.cwiseProduct(W * h.high);
      const RowVectorXd norm = low.colwise().sum();
      result.log_sum.segment(first, n) = norm.transpose().array().log() + h.scale.array();
      if (!wanted.mean) return;
      const MatrixXd high = h.high.cwiseProduct(W.transpose() * h.low);
      auto mean = result.mean.middleCols(first, n);
      mean.topRows(low_) = low_signs_.transpose() * low;
      mean.bottomRows(d_ - low_) = high_signs_.transpose() * high;
      mean.array().rowwise() /= norm.array();
      if (!wanted.energy) return;
      result.energy.segment(first, n) =
          h.low.cwiseProduct(WE * h.high).colwise().sum().cwiseQuotient(norm).transpose();
      result.energy.segment(first, n) +=
          field.middleCols(first, n).cwiseProduct(mean).colwise().sum().transpose();
    });
    return result;
  }

  /// With c = v.s, counted from its value in the heaviest state, so that a condensed posterior has
  /// no spurious susceptibility: <s c> - <s><c>.
  MatrixXd covariance_product(const MatrixXd& field, const MatrixXd& v) const override {
    MatrixXd result(d_, field.cols());
    for_each_block(field, [&](Index first, const MatrixXd& W, const MatrixXd&, const Halves& h) {
      const Index n = h.low.cols(), high_spins = d_ - low_;
      const MatrixXd low_sums = W * h.high, high_sums = W.transpose() * h.low;
      const MatrixXd low = h.low.cwiseProduct(low_sums), high = h.high.cwiseProduct(high_sums);
      MatrixXd low_c = low_signs_ * v.middleCols(first, n).topRows(low_);
      MatrixXd high_c = high_signs_ * v.middleCols(first, n).bottomRows(high_spins);
      for (Index k = 0; k < n; ++k) {
        Index at = 0;
        low.col(k).maxCoeff(&at);
        low_c.col(k).array() -= low_c(at, k);
        high.col(k).maxCoeff(&at);
        high_c.col(k).array() -= high_c(at, k);
      }
      const MatrixXd low_product =
          h.low.cwiseProduct(low_c.cwiseProduct(low_sums) + W * h.high.cwiseProduct(high_c));
      const MatrixXd high_product = h.high.cwiseProduct(high_c.cwiseProduct(high_sums) +
                                                        W.transpose() * h.low.cwiseProduct(low_c));
      const RowVectorXd norm = low.colwise().sum();
      const RowVectorXd mean_c = low_product.colwise().sum().cwiseQuotient(norm);
      auto block = result.middleCols(first, n);
      block.topRows(low_) = low_signs_.transpose() * (low_product - low * mean_c.asDiagonal());
      block.bottomRows(high_spins) =
          high_signs_.transpose() * (high_product - high * mean_c.asDiagonal());
      block.array().rowwise() /= norm.array();
    });
    return result;
  }

  VectorXd law_of_up_spins(const VectorXd& field) const override {
    const VectorXd probability = *state_probabilities(field);
    VectorXd law = VectorXd::Zero(d_ + 1);
    for (Index s = 0; s < probability.size(); ++s) {
      law[std::popcount(static_cast<std::uint32_t>(s))] += probability[s];
    }
    return law;
  }

  std::optional<VectorXd> state_probabilities(const VectorXd& field) const override {
    VectorXd result(Index{1} << d_);
    for_each_block(field, [&](Index, const MatrixXd& W, const MatrixXd&, const Halves& h) {
      Eigen::Map<MatrixXd> all(result.data(), W.rows(), W.cols());
      all = h.low.col(0).asDiagonal() * W * h.high.col(0).asDiagonal();
    });
    return result / result.sum();
  }

  /// The upper half first, then the lower one given it: columns of W are gone through once.
  MatrixXd draw(const VectorXd& field, Index n, random::Stream& stream) const override {
    MatrixXd result(d_, n);
    for_each_block(field, [&](Index, const MatrixXd& W, const MatrixXd&, const Halves& h) {
      const VectorXd high = h.high.cwiseProduct(W.transpose() * h.low);
      const std::vector<double> cumulative = running_sums(high);
      std::vector<Index> upper(static_cast<std::size_t>(n)), order(upper.size());
      for (Index& state : upper) state = pick(cumulative, stream.uniform());
      std::iota(order.begin(), order.end(), Index{0});
      std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
        return upper[static_cast<std::size_t>(a)] < upper[static_cast<std::size_t>(b)];
      });
      std::vector<double> given;
      Index current = -1;
      for (const Index k : order) {
        const Index state = upper[static_cast<std::size_t>(k)];
        if (state != current) given = running_sums(h.low.col(0).cwiseProduct(W.col(state)));
        current = state;
        result.col(k).head(low_) = low_signs_.row(pick(given, stream.uniform())).transpose();
        result.col(k).tail(d_ - low_) = high_signs_.row(state).transpose();
      }
    });
    return result;
  }

  VectorXd draw_sum(const VectorXd& field, std::int64_t n, random::Stream& stream) const override {
    VectorXd sum = VectorXd::Zero(d_);
    for_each_block(field, [&](Index, const MatrixXd& W, const MatrixXd&, const Halves& h) {
      const VectorXd high = h.high.cwiseProduct(W.transpose() * h.low);
      const auto counts = multinomial(n, span(high), stream);
      for (std::size_t state = 0; state < counts.size(); ++state) {
        if (counts[state] == 0) continue;
        const auto column = static_cast<Index>(state);
        const VectorXd low = h.low.col(0).cwiseProduct(W.col(column));
        const auto given = multinomial(counts[state], span(low), stream);
        sum.tail(d_ - low_) +=
            static_cast<double>(counts[state]) * high_signs_.row(column).transpose();
        for (std::size_t s = 0; s < given.size(); ++s) {
          if (given[s] == 0) continue;
          sum.head(low_) +=
              static_cast<double>(given[s]) * low_signs_.row(static_cast<Index>(s)).transpose();
        }
      }
    });
    return sum;
  }

  double operations() const override { return std::exp2(d_); }
  std::size_t memory() const override {
    const std::size_t states = std::size_t{1} << d_;
    return sizeof(double) * (3 * states + 40 * kBlock * (std::size_t{1} << (d_ - low_)));
  }
  std::string describe() const override { return fmt::format("enumeration of 2^{} states", d_); }

 private:
  static constexpr std::size_t kBlock = 64;  // walkers per matrix product

  /// exp(field.s) of the two halves, the largest entry 1; log-sums are relative to exp(scale).
  struct Halves {
    MatrixXd low, high;
    VectorXd scale;
  };

  static std::vector<double> running_sums(const VectorXd& weights) {
    std::vector<double> sums(weights.begin(), weights.end());
    std::partial_sum(sums.begin(), sums.end(), sums.begin());
    return sums;
  }
  static Index pick(const std::vector<double>& cumulative, double uniform) {
    return std::upper_bound(cumulative.begin(), cumulative.end() - 1, uniform * cumulative.back()) -
           cumulative.begin();
  }

  /// visit(first walker, W, W o E, halves) block by block; one walker at a time, with its field in
  /// W, where the range of E is too wide for the product form.
  template <class Visit>
  void for_each_block(const MatrixXd& field, const Visit& visit) const {
    if (energy_.size() == 0) {
      constexpr auto block = static_cast<Index>(kBlock);
      for (Index first = 0; first < field.cols(); first += block) {
        const MatrixXd part = field.middleCols(first, std::min(block, field.cols() - first));
        MatrixXd low = low_signs_ * part.topRows(low_);
        MatrixXd high = high_signs_ * part.bottomRows(d_ - low_);
        const RowVectorXd low_top = low.colwise().maxCoeff(), high_top = high.colwise().maxCoeff();
        low = (low.rowwise() - low_top).array().exp();
        high = (high.rowwise() - high_top).array().exp();
        visit(first, weight_, weighted_energy_,
              Halves{std::move(low), std::move(high),
                     ((low_top + high_top).array() + top_).matrix().transpose()});
      }
      return;
    }
    for (Index k = 0; k < field.cols(); ++k) {
      MatrixXd W = energy_;
      W.colwise() += low_signs_ * field.col(k).head(low_);
      W.rowwise() += (high_signs_ * field.col(k).tail(d_ - low_)).transpose();
      const double top = W.maxCoeff();
      W = (W.array() - top).exp();
      const MatrixXd WE = W.cwiseProduct(energy_);
      visit(k, W, WE,
            Halves{MatrixXd::Ones(W.rows(), 1), MatrixXd::Ones(W.cols(), 1),
                   VectorXd::Constant(1, top)});
    }
  }

  Index d_, low_;
  MatrixXd low_signs_, high_signs_;
  MatrixXd weight_, weighted_energy_, energy_;  // the last one only where its range is too wide
  double top_ = 0;
};

}  // namespace

VectorXd SpinOracle::draw_sum(const VectorXd& field, std::int64_t n, random::Stream& stream) const {
  constexpr Index kBatch = 4096;
  VectorXd sum = VectorXd::Zero(field.size());
  for (std::int64_t done = 0; done < n; done += kBatch) {
    sum += draw(field, std::min<Index>(kBatch, n - done), stream).rowwise().sum();
  }
  return sum;
}

std::unique_ptr<SpinOracle> enumerate_spins(const kernel::SpinGraph& graph) {
  return std::make_unique<Enumeration>(graph);
}

}  // namespace symbreak::target
