#include "sim/target/finite.hpp"

#include <algorithm>
#include <cmath>

#include "sim/kernel/softmax.hpp"
#include "sim/target/multinomial.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target {

namespace {

constexpr Index kTile = 512;                // points per tile: tile x d stays in cache
constexpr Index kLargestCovariance = 2048;  // d; above, 8 d^2 bytes are too many

}  // namespace

template <class Scalar>
FiniteTarget<Scalar>::FiniteTarget(Matrix points, const VectorXd& weights,
                                   std::vector<Index> labels, Index classes)
    : points_(std::move(points)), labels_(std::move(labels)) {
  const Index count = points_.cols();
  const VectorXd prior = weights.size() > 0
                             ? VectorXd(weights / weights.sum())
                             : VectorXd::Constant(count, 1 / static_cast<double>(count));
  log_weights_ = prior.array().log();
  cumulative_.resize(count);
  half_norms_.resize(count);
  mean_ = VectorXd::Zero(points_.rows());
  class_weights_ = VectorXd::Zero(std::max<Index>(classes, 1));
  double below = 0;
  for (Index j = 0; j < count; ++j) {
    const VectorXd point = points_.col(j).template cast<double>();
    half_norms_[j] = point.squaredNorm() / 2;
    mean_ += prior[j] * point;
    cumulative_[j] = below += prior[j];
    class_weights_[labels_.empty() ? 0 : labels_[static_cast<std::size_t>(j)]] += prior[j];
  }
}

template <class Scalar>
template <class Visit>
void FiniteTarget<Scalar>::for_each_tile(const States& x, const Betas& beta,
                                         const Visit& visit) const {
  const MatrixXd field = x * beta.asDiagonal();
  for (Index first = 0; first < count(); first += kTile) {
    const Index n = std::min(kTile, count() - first);
    const MatrixXd tile = points_.middleCols(first, n).template cast<double>();
    MatrixXd logs = tile.transpose() * field - half_norms_.segment(first, n) * beta.transpose();
    logs.colwise() += log_weights_.segment(first, n);
    visit(first, tile, logs);
  }
}

template <class Scalar>
auto FiniteTarget<Scalar>::heaviest(const States& x, const Betas& beta) const -> Heaviest {
  Heaviest result{std::vector<Index>(static_cast<std::size_t>(x.cols()), 0),
                  Eigen::RowVectorXd::Constant(x.cols(), -INFINITY)};
  for_each_tile(x, beta, [&](Index first, const MatrixXd&, const MatrixXd& logs) {
    for (Index k = 0; k < x.cols(); ++k) {
      Index j = 0;
      const double top = logs.col(k).maxCoeff(&j);
      if (top <= result.log_weight[k]) continue;
      result.log_weight[k] = top;
      result.point[static_cast<std::size_t>(k)] = first + j;
    }
  });
  return result;
}

template <class Scalar>
Posterior FiniteTarget<Scalar>::posterior(const States& x, const Betas& beta) const {
  kernel::SoftmaxAverage average =
      kernel::softmax_average(points_, half_norms_, log_weights_, x, beta);
  // The kernel's scores carry the rounding of their storage; near collapse, where beta |y|^2 is
  // large, that would be felt in exp(s_j - log Z). Its largest score is redone in double, so that
  // log Z is as exact as the largest weight is dominant.
  for (Index k = 0; k < x.cols(); ++k) {
    const Index j = average.argmax[k];
    const double score =
        log_weights_[j] +
        beta[k] * (points_.col(j).template cast<double>().dot(x.col(k)) - half_norms_[j]);
    average.log_sum[k] = score - std::log(average.largest[k]);
  }
  return {.mean = std::move(average.mean),
          .log_partition = std::move(average.log_sum),
          .participation = std::move(average.sum_squares),
          .largest_weight = std::move(average.largest),
          .entropy = std::move(average.entropy)};
}

template <class Scalar>
MatrixXd FiniteTarget<Scalar>::jacobian_product(const States& x, const Betas& beta,
                                                const States& v) const {
  const Heaviest top = heaviest(x, beta);
  Eigen::RowVectorXd origin(x.cols());
  for (Index k = 0; k < x.cols(); ++k) {
    const Index j = top.point[static_cast<std::size_t>(k)];
    origin[k] = points_.col(j).template cast<double>().dot(v.col(k));
  }
  // With delta_j = (y_j - y_heaviest).v:  Cov v = <delta y> - <y><delta>.
  MatrixXd mean = MatrixXd::Zero(x.rows(), x.cols()), product = mean;
  Eigen::RowVectorXd norm = Eigen::RowVectorXd::Zero(x.cols()), shift = norm;
  for_each_tile(x, beta, [&](Index, const MatrixXd& tile, const MatrixXd& logs) {
    const MatrixXd weights = (logs.rowwise() - top.log_weight).array().exp();
    MatrixXd along = tile.transpose() * v;
    along.rowwise() -= origin;
    along = along.cwiseProduct(weights);
    mean.noalias() += tile * weights;
    product.noalias() += tile * along;
    norm += weights.colwise().sum();
    shift += along.colwise().sum();
  });
  const Eigen::RowVectorXd mean_shift = shift.cwiseQuotient(norm);
  return (product - mean * mean_shift.asDiagonal()) *
         beta.cwiseQuotient(norm.transpose()).asDiagonal();
}

template <class Scalar>
void FiniteTarget<Scalar>::sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
  for (Index k = 0; k < y.cols(); ++k) {
    const double u = stream.uniform() * cumulative_[count() - 1];
    const double* found = std::upper_bound(cumulative_.data(), cumulative_.data() + count() - 1, u);
    y.col(k) = points_.col(found - cumulative_.data()).template cast<double>();
  }
}

template <class Scalar>
Target::CopySum FiniteTarget<Scalar>::draw_copies(const Eigen::Ref<const VectorXd>& x, double beta,
                                                  std::int64_t n, random::Stream& stream) const {
  const VectorXd betas = VectorXd::Constant(1, beta);
  VectorXd all(count());
  for_each_tile(x, betas, [&](Index first, const MatrixXd&, const MatrixXd& logs) {
    all.segment(first, logs.rows()) = logs.col(0);
  });
  all = (all.array() - all.maxCoeff()).exp();
  const auto counts = multinomial(
      n, std::span<const double>(all.data(), static_cast<std::size_t>(count())), stream);
  CopySum result{VectorXd::Zero(dimension()), 0};
  for (Index j = 0; j < count(); ++j) {
    const auto copies = static_cast<double>(counts[static_cast<std::size_t>(j)]);
    if (copies == 0) continue;
    result.sum += copies * points_.col(j).template cast<double>();
    result.squared_norm += copies * 2 * half_norms_[j];
  }
  return result;
}

template <class Scalar>
std::optional<MatrixXd> FiniteTarget<Scalar>::covariance() const {
  if (dimension() > kLargestCovariance) return std::nullopt;
  if (!covariance_) {
    MatrixXd sum = MatrixXd::Zero(dimension(), dimension());
    for (Index first = 0; first < count(); first += kTile) {
      const Index n = std::min(kTile, count() - first);
      MatrixXd tile = points_.middleCols(first, n).template cast<double>();
      tile.colwise() -= mean_;
      tile = tile * (log_weights_.segment(first, n) / 2).array().exp().matrix().asDiagonal();
      sum.template selfadjointView<Eigen::Lower>().rankUpdate(tile);
    }
    covariance_ = sum.template selfadjointView<Eigen::Lower>();
  }
  return covariance_;
}

template <class Scalar>
MatrixXd FiniteTarget<Scalar>::order_axes() const {
  if (const auto matrix = covariance()) return leading_axes(*matrix);
  const auto product = [this](const VectorXd& v) {
    VectorXd result = VectorXd::Zero(dimension());
    for (Index first = 0; first < count(); first += kTile) {
      const Index n = std::min(kTile, count() - first);
      MatrixXd tile = points_.middleCols(first, n).template cast<double>();
      tile.colwise() -= mean_;
      const VectorXd along = tile.transpose() * v;
      result += tile * along.cwiseProduct(log_weights_.segment(first, n).array().exp().matrix());
    }
    return result;
  };
  return leading_axis(product, dimension());
}

template <class Scalar>
MatrixXd FiniteTarget<Scalar>::class_probabilities(const States& x, const Betas& beta) const {
  if (classes() == 1) return MatrixXd::Ones(1, x.cols());
  const Heaviest top = heaviest(x, beta);
  MatrixXd probabilities = MatrixXd::Zero(classes(), x.cols());
  for_each_tile(x, beta, [&](Index first, const MatrixXd&, const MatrixXd& logs) {
    const MatrixXd weights = (logs.rowwise() - top.log_weight).array().exp();
    for (Index j = 0; j < weights.rows(); ++j) {
      probabilities.row(labels_[static_cast<std::size_t>(first + j)]) += weights.row(j);
    }
  });
  probabilities.array().rowwise() /= probabilities.colwise().sum().eval().array();
  return probabilities;
}

template <class Scalar>
std::vector<Index> FiniteTarget<Scalar>::classify(const States& y) const {
  std::vector<Index> result(static_cast<std::size_t>(y.cols()), 0);
  if (classes() == 1) return result;
  // argmin |y - y_j|^2 = argmax (y.y_j - |y_j|^2/2): the posterior of equal weights at beta = 1.
  const auto nearest = kernel::softmax_average(points_, half_norms_, VectorXd::Zero(count()), y,
                                               VectorXd::Ones(y.cols()))
                           .argmax;
  for (Index k = 0; k < y.cols(); ++k) {
    result[static_cast<std::size_t>(k)] = labels_[static_cast<std::size_t>(nearest[k])];
  }
  return result;
}

template <class Scalar>
std::optional<Points> FiniteTarget<Scalar>::points() const {
  return Points{
      .count = count(),
      .log_weights = &log_weights_,
      .point = [this](Index j) -> VectorXd { return points_.col(j).template cast<double>(); },
      .label =
          [this](Index j) { return labels_.empty() ? 0 : labels_[static_cast<std::size_t>(j)]; }};
}

template <class Scalar>
std::size_t FiniteTarget<Scalar>::memory() const {
  const auto n = static_cast<std::size_t>(count()), d = static_cast<std::size_t>(dimension());
  return n * d * sizeof(Scalar) + n * (3 * sizeof(double) + sizeof(Index)) +
         (dimension() <= kLargestCovariance ? d * d * sizeof(double) : 0);
}

template class FiniteTarget<double>;
template class FiniteTarget<float>;

}  // namespace symbreak::target
