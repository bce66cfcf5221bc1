#include "sim/target/levels/truncated_bulk.hpp"

#include <algorithm>
#include <cmath>

#include "sim/kernel/simd/elementary.hpp"

namespace symbreak::target {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// A = F F^T to `precision` of a unit diagonal, F of as few columns as that needs: Cholesky with
/// the largest remaining diagonal element as pivot.
MatrixXd low_rank_factor(const MatrixXd& A, double precision) {
  const Index n = A.rows();
  MatrixXd factor(n, n);
  VectorXd rest = A.diagonal();
  Index rank = 0;
  for (; rank < n; ++rank) {
    Index pivot = 0;
    const double largest = rest.maxCoeff(&pivot);
    if (!(largest > precision)) break;
    VectorXd column = A.col(pivot);
    column -= factor.leftCols(rank) * factor.row(pivot).head(rank).transpose();
    factor.col(rank) = column / std::sqrt(largest);
    rest -= factor.col(rank).cwiseAbs2();
  }
  return factor.leftCols(rank);
}

}  // namespace

TruncatedBulk::TruncatedBulk(const theory::LevelLaw& law, double log_count, double threshold,
                             double origin, const VectorXd& b)
    : b_(b), origin_(origin) {
  const Index n = b.size();
  const theory::LevelLaw::Nodes nodes = law.below(threshold, 8 * b.maxCoeff());
  const auto size = static_cast<Index>(nodes.level.size());
  const double log_share = std::log(-std::expm1(-threshold)), log_bulk = log_count + log_share;
  const Eigen::ArrayXd level = Eigen::Map<const Eigen::ArrayXd>(nodes.level.data(), size) - origin;
  const Eigen::ArrayXd log_weight =
      Eigen::Map<const Eigen::ArrayXd>(nodes.log_weight.data(), size) - log_share;

  log_mean_.resize(4 * n);
  level_.resize(n);
  MatrixXd rows(size, 5 * n);  // sqrt(weight/count) f, f of mean 1
  VectorXd means = VectorXd::Ones(5 * n);
  for (Index k = 1; k <= 4; ++k) {
    for (Index i = 0; i < n; ++i) {
      const Index row = (k - 1) * n + i;
      const Eigen::ArrayXd terms = log_weight + static_cast<double>(k) * b[i] * level;
      const double top = terms.maxCoeff();
      const double log_mean =
          top + std::log((terms - top).unaryExpr([](double x) { return std::exp(x); }).sum());
      log_mean_[row] = log_mean + log_bulk;
      for (Index q = 0; q < size; ++q) {
        rows(q, row) = std::exp(terms[q] - log_mean - (log_weight[q] + log_bulk) / 2);
      }
      // Not from the rows: their count, e^{log_bulk}, need not be a double.
      if (k == 1) level_[i] = means[4 * n + i] = ((terms - log_mean).exp() * level).sum();
    }
  }
  for (Index i = 0; i < n; ++i) {
    rows.col(4 * n + i) = rows.col(i).array() * level;
  }
  MatrixXd covariance = rows.transpose() * rows;
  covariance -= means * (means.transpose() * std::exp(-log_bulk));
  // Relative to the diagonal; what cancels to rounding (b = 0) does not fluctuate.
  VectorXd deviation(5 * n);
  for (Index i = 0; i < 5 * n; ++i) {
    const double square = covariance(i, i);
    deviation[i] =
        square > 1e-12 * means[i] * means[i] * std::exp(-log_bulk) ? std::sqrt(square) : 0;
    const double inverse = deviation[i] > 0 ? 1 / deviation[i] : 0;
    covariance.row(i) *= inverse;
    covariance.col(i) *= inverse;
  }
  factor_ = deviation.asDiagonal() * low_rank_factor(covariance, 1e-8);
}

void TruncatedBulk::add(const Eigen::Ref<const VectorXd>& normals, double excess,
                        kernel::BoltzmannSums& sums) const {
  const Index n = b_.size();
  noise_.noalias() = factor_ * normals;
  scale_ = log_mean_;
  const double shift = origin_ - sums.reference;
  for (Index k = 1; k <= 4; ++k) scale_.segment((k - 1) * n, n) += k * shift * b_;
  std::vector<double>* const orders[] = {&sums.first, &sums.second, &sums.third, &sums.fourth};
  constexpr double most = 150;  // e^{4 * 150} is a double
  for (Index i = 0; i < n; ++i) {
    const double above = scale_[i];
    if (!(above > most)) continue;
    // The bulk outweighs the levels drawn: its mean becomes the unit of this b.
    const auto k = static_cast<std::size_t>(i);
    sums.log_scale[k] += above;
    sums.energy[k] *= std::exp(-above);
    for (int order = 1; order <= 4; ++order) {
      (*orders[order - 1])[k] *= std::exp(-order * above);
      scale_[(order - 1) * n + i] -= order * above;
    }
  }
  const auto count = static_cast<std::size_t>(4 * n);
  kernel::exp(std::span<const double>(scale_.data(), count),
              std::span<double>(scale_.data(), count));
  scale_ *= 1 + excess;
  for (Index k = 0; k < 4; ++k) {
    double* const sum = orders[k]->data();
    for (Index i = 0; i < n; ++i) {
      sum[i] += scale_[k * n + i] * std::max(0.0, 1 + noise_[k * n + i]);
    }
  }
  for (Index i = 0; i < n; ++i) {
    sums.energy[static_cast<std::size_t>(i)] +=
        scale_[i] * (level_[i] + noise_[4 * n + i] + shift * std::max(0.0, 1 + noise_[i]));
  }
}

}  // namespace symbreak::target
