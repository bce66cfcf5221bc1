#include "sim/target/points/finite.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "sim/target/points/multinomial.hpp"
#include "sim/target/points/nearest.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target {

namespace {

constexpr Index kTile = 512;                // points per tile: tile x d stays in cache
constexpr Index kLargestCovariance = 2048;  // d; above, 8 d^2 bytes are too many

/// Whether weights, the largest of which is this one, err by more than a thousandth when scores err
/// by `error` nats. NaN does.
bool is_blurred(double largest, double error) {
  constexpr double kHidden = 1e-9;  // of the other weights, beside a largest one of 1
  return !(std::max(1 - largest, kHidden) * std::expm1(2 * error) < 1e-3);
}

}  // namespace

FiniteTarget::FiniteTarget(std::shared_ptr<const PointStore> store, const VectorXd& weights,
                           std::vector<Index> labels, Index classes)
    : store_(std::move(store)), labels_(std::move(labels)) {
  class_weights_ = VectorXd::Zero(std::max<Index>(classes, 1));
  if (weights.size() > 0) {
    log_weights_ = (weights / weights.sum()).array().log();
    cumulative_.resize(count());
    double below = 0;
    for (Index j = 0; j < count(); ++j) cumulative_[j] = below += std::exp(log_weights_[j]);
  }
  if (labels_.empty()) {
    class_weights_[0] = 1;
    return;
  }
  const VectorXd weight = prior(0, count());
  for (Index j = 0; j < count(); ++j) class_weights_[label(j)] += weight[j];
}

const VectorXd& FiniteTarget::centre() const {
  if (!mean_) {
    VectorXd mean = VectorXd::Zero(dimension());
    for_each_points([&](Index first, const MatrixXd& tile) {
      mean.noalias() += tile * prior(first, tile.cols());
    });
    mean_ = std::move(mean);
  }
  return *mean_;
}

VectorXd FiniteTarget::prior(Index first, Index n) const {
  if (log_weights_.size() > 0) return log_weights_.segment(first, n).array().exp();
  return VectorXd::Constant(n, 1 / static_cast<double>(count()));
}

template <class Visit>
void FiniteTarget::for_each_points(const Visit& visit) const {
  MatrixXd tile(dimension(), std::min(kTile, count()));
  for (Index first = 0; first < count(); first += kTile) {
    const Index n = std::min(kTile, count() - first);
    if (n != tile.cols()) tile.resize(dimension(), n);
    store_->read(first, tile);
    visit(first, tile);
  }
}

template <class Visit>
void FiniteTarget::for_each_tile(const States& x, const Betas& beta, const Visit& visit) const {
  const MatrixXd field = x * beta.asDiagonal();
  for_each_points([&](Index first, const MatrixXd& tile) {
    const VectorXd half_norms = tile.colwise().squaredNorm() / 2;
    MatrixXd logs = tile.transpose() * field - half_norms * beta.transpose();
    if (log_weights_.size() > 0) {
      logs.colwise() += log_weights_.segment(first, tile.cols());
    } else {
      logs.array() += log_weight(0);
    }
    visit(first, tile, logs);
  });
}

auto FiniteTarget::heaviest(const States& x, const Betas& beta) const -> Heaviest {
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

Averages FiniteTarget::averages(const States& x, const Betas& beta) const {
  return evaluate(x, beta, {});
}

Averages FiniteTarget::evaluate(const States& x, const Betas& beta,
                                const PointStore::Query& query) const {
  const VectorXd& c = store_->origin();
  if (c.size() == 0) return evaluate_relative(x, beta, query);
  // With y = c + y', x = c + x':  x.y - |y|^2/2 = x'.y' - |y'|^2/2 + x'.c + |c|^2/2, and
  // x.y = x.y' + x.c.
  const MatrixXd shifted = query.norms ? relative(x) : MatrixXd(x);
  Averages result = evaluate_relative(shifted, beta, query);
  const VectorXd common =
      (shifted.transpose() * c).array() + (query.norms ? c.squaredNorm() / 2 : 0);
  result.log_partition += beta.cwiseProduct(common);
  if (query.mean) result.mean.colwise() += c;
  return result;
}

Averages FiniteTarget::evaluate_relative(const States& x, const Betas& beta,
                                         const PointStore::Query& query) const {
  kernel::SoftmaxAverage average = store_->average(x, beta, log_weights_, query);
  // The kernel's scores carry the rounding of their storage; near collapse, where beta |y|^2 is
  // large, that would be felt in exp(s_j - log Z). Its largest score is redone in double, so that
  // log Z is as exact as the largest weight is dominant.
  std::vector<Index> blurred;  // walkers that need more than that
  for (Index k = 0; k < x.cols(); ++k) {
    const Index j = average.argmax[k];
    const VectorXd y = store_->point(j);
    const double size = y.norm() * (x.col(k).norm() + y.norm() / 2);
    if (query.norms && is_blurred(average.largest[k], store_->rounding() * beta[k] * size)) {
      blurred.push_back(k);
    }
    const double score =
        log_weight(j) + beta[k] * (y.dot(x.col(k)) - (query.norms ? y.squaredNorm() / 2 : 0));
    average.log_sum[k] = score - std::log(average.largest[k]);
  }
  Averages result = {.mean = std::move(average.mean),
                     .log_partition = std::move(average.log_sum),
                     .participation = std::move(average.sum_squares),
                     .largest_weight = std::move(average.largest),
                     .entropy = std::move(average.entropy),
                     .heaviest = std::move(average.argmax)};
  if (!blurred.empty()) evaluate_in_double(x, beta, blurred, query.mean, result);
  return result;
}

void FiniteTarget::evaluate_in_double(const States& x, const Betas& beta,
                                      const std::vector<Index>& walkers, bool mean,
                                      Averages& result) const {
  const MatrixXd at = x(Eigen::all, walkers);
  const VectorXd fields = beta(walkers);
  const Heaviest top = heaviest(at, fields);
  Eigen::RowVectorXd norm = Eigen::RowVectorXd::Zero(at.cols()), squares = norm, logs_sum = norm;
  MatrixXd sum = MatrixXd::Zero(at.rows(), at.cols());
  for_each_tile(at, fields, [&](Index, const MatrixXd& tile, const MatrixXd& logs) {
    const MatrixXd below = logs.rowwise() - top.log_weight;
    // Eigen's exp of less than -708 is not 0.
    const MatrixXd weights = (below.array() > -700).select(below.array().exp(), 0.0);
    norm += weights.colwise().sum();
    squares += weights.cwiseAbs2().colwise().sum();
    logs_sum += weights.cwiseProduct(below).colwise().sum();
    if (mean) sum.noalias() += tile * weights;
  });
  for (Index i = 0; i < at.cols(); ++i) {
    const Index k = walkers[static_cast<std::size_t>(i)];
    if (mean) result.mean.col(k) = sum.col(i) / norm[i];
    result.log_partition[k] = top.log_weight[i] + std::log(norm[i]);
    result.participation[k] = squares[i] / (norm[i] * norm[i]);
    result.largest_weight[k] = 1 / norm[i];
    result.entropy[k] = std::log(norm[i]) - logs_sum[i] / norm[i];
    result.heaviest[k] = top.point[static_cast<std::size_t>(i)];
  }
}

MatrixXd FiniteTarget::jacobian_product(const States& at, const Betas& beta,
                                        const States& v) const {
  const MatrixXd x = relative(at);
  const Heaviest top = heaviest(x, beta);
  Eigen::RowVectorXd origin(x.cols());
  for (Index k = 0; k < x.cols(); ++k) {
    const Index j = top.point[static_cast<std::size_t>(k)];
    origin[k] = store_->point(j).dot(v.col(k));
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

void FiniteTarget::sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
  for (Index k = 0; k < y.cols(); ++k) {
    store_->read(drawn(stream), y.col(k));
    if (store_->origin().size() > 0) y.col(k) += store_->origin();
  }
}

Index FiniteTarget::drawn(random::Stream& stream) const {
  const double u = stream.uniform();
  if (cumulative_.size() == 0) {
    return std::min(static_cast<Index>(u * static_cast<double>(count())), count() - 1);
  }
  const double* const begin = cumulative_.data();
  return std::upper_bound(begin, begin + count() - 1, u * cumulative_[count() - 1]) - begin;
}

MatrixXd FiniteTarget::class_mean(const States& at, const Betas& beta, Index wanted) const {
  const MatrixXd x = relative(at);
  // Relative to the heaviest point of the class so far, whose weight is 1.
  MatrixXd sum = MatrixXd::Zero(x.rows(), x.cols());
  Eigen::RowVectorXd norm = Eigen::RowVectorXd::Zero(x.cols()),
                     top = Eigen::RowVectorXd::Constant(x.cols(), -INFINITY);
  for_each_tile(x, beta, [&](Index first, const MatrixXd& tile, const MatrixXd& logs) {
    std::vector<Index> members;
    for (Index j = 0; j < tile.cols(); ++j) {
      if (label(first + j) == wanted) members.push_back(j);
    }
    if (members.empty()) return;
    MatrixXd weights = logs(members, Eigen::all);
    const Eigen::RowVectorXd higher = top.cwiseMax(weights.colwise().maxCoeff());
    weights = (weights.rowwise() - higher).array().exp();
    const Eigen::RowVectorXd fall = (top - higher).array().exp();
    sum = sum * fall.asDiagonal();
    sum.noalias() += tile(Eigen::all, members) * weights;
    norm = norm.cwiseProduct(fall) + weights.colwise().sum();
    top = higher;
  });
  MatrixXd mean = sum * norm.cwiseInverse().asDiagonal();
  if (store_->origin().size() > 0) mean.colwise() += store_->origin();
  return mean;
}

void FiniteTarget::sample_class(random::Stream& stream, Index wanted,
                                Eigen::Ref<MatrixXd> y) const {
  for (Index k = 0; k < y.cols(); ++k) {
    Index j = drawn(stream);
    while (label(j) != wanted) j = drawn(stream);
    y.col(k) = point(j);
  }
}

ClassScore::Moments FiniteTarget::class_moments(Index wanted, const VectorXd& direction) const {
  const VectorXd none = VectorXd::Zero(1);
  Moments moments{class_mean(VectorXd::Zero(dimension()), none, wanted),
                  VectorXd::Zero(dimension())};
  const VectorXd mean =
      store_->origin().size() > 0 ? moments.mean - store_->origin() : moments.mean;
  double total = 0;
  for_each_points([&](Index first, const MatrixXd& tile) {
    const VectorXd weight = prior(first, tile.cols());
    for (Index j = 0; j < tile.cols(); ++j) {
      if (label(first + j) != wanted) continue;
      const VectorXd off = tile.col(j) - mean;
      moments.variance += weight[j] * off.cwiseAbs2();
      moments.along += weight[j] * std::pow(off.dot(direction), 2);
      total += weight[j];
    }
  });
  moments.variance /= total;
  moments.along /= total;
  return moments;
}

Posterior::CopySum FiniteTarget::draw_copies(const Eigen::Ref<const VectorXd>& x, double beta,
                                             std::int64_t n, random::Stream& stream) const {
  const VectorXd betas = VectorXd::Constant(1, beta);
  VectorXd all(count());
  for_each_tile(relative(x), betas, [&](Index first, const MatrixXd&, const MatrixXd& logs) {
    all.segment(first, logs.rows()) = logs.col(0);
  });
  all = (all.array() - all.maxCoeff()).exp();
  const auto counts = multinomial(
      n, std::span<const double>(all.data(), static_cast<std::size_t>(count())), stream);
  CopySum result{VectorXd::Zero(dimension()), 0};
  for_each_points([&](Index first, const MatrixXd& tile) {
    for (Index j = 0; j < tile.cols(); ++j) {
      const auto copies = static_cast<double>(counts[static_cast<std::size_t>(first + j)]);
      if (copies == 0) continue;
      result.sum += copies * tile.col(j);
      result.squared_norm += copies * tile.col(j).squaredNorm();
    }
  });
  if (const VectorXd& c = store_->origin(); c.size() > 0) {
    result.squared_norm += 2 * c.dot(result.sum) + static_cast<double>(n) * c.squaredNorm();
    result.sum += static_cast<double>(n) * c;
  }
  return result;
}

std::optional<MatrixXd> FiniteTarget::covariance() const {
  if (dimension() > kLargestCovariance) return std::nullopt;
  if (!covariance_) {
    const VectorXd& mean = centre();
    MatrixXd sum = MatrixXd::Zero(dimension(), dimension());
    for_each_points([&](Index first, const MatrixXd& tile) {
      MatrixXd scaled = tile.colwise() - mean;
      scaled = scaled * prior(first, tile.cols()).cwiseSqrt().asDiagonal();
      sum.selfadjointView<Eigen::Lower>().rankUpdate(scaled);
    });
    covariance_ = sum.selfadjointView<Eigen::Lower>();
  }
  return covariance_;
}

MatrixXd FiniteTarget::order_axes() const {
  if (const auto matrix = covariance()) return leading_axes(*matrix);
  const VectorXd& mean = centre();
  const auto product = [&](const VectorXd& v) {
    VectorXd result = VectorXd::Zero(dimension());
    for_each_points([&](Index first, const MatrixXd& tile) {
      const MatrixXd centred = tile.colwise() - mean;
      const VectorXd along = centred.transpose() * v;
      result += centred * along.cwiseProduct(prior(first, tile.cols()));
    });
    return result;
  };
  return leading_axis(product, dimension());
}

MatrixXd FiniteTarget::class_probabilities(const States& at, const Betas& beta) const {
  if (classes() == 1) return MatrixXd::Ones(1, at.cols());
  const MatrixXd x = relative(at);
  const Heaviest top = heaviest(x, beta);
  MatrixXd probabilities = MatrixXd::Zero(classes(), x.cols());
  for_each_tile(x, beta, [&](Index first, const MatrixXd&, const MatrixXd& logs) {
    const MatrixXd weights = (logs.rowwise() - top.log_weight).array().exp();
    for (Index j = 0; j < weights.rows(); ++j) {
      probabilities.row(label(first + j)) += weights.row(j);
    }
  });
  probabilities.array().rowwise() /= probabilities.colwise().sum().eval().array();
  return probabilities;
}

MatrixXd FiniteTarget::class_shares(const States& y) const {
  if (!shared_places_) {
    std::unordered_map<std::size_t, Index> label_of;
    Index j = 0;
    shared_places_ = classes() > 1 && std::ranges::any_of(places(), [&](std::size_t place) {
                       const Index own = label(j++);
                       return label_of.try_emplace(place, own).first->second != own;
                     });
  }
  if (!*shared_places_) return CleanData::class_shares(y);
  // So cold that e^-40 is left of the next place: the labels of all data at the nearest one.
  const Nearest found = nearest(y);
  MatrixXd at(y.rows(), y.cols());
  VectorXd beta(y.cols());
  for (Index k = 0; k < y.cols(); ++k) {
    at.col(k) = point(found.datum[static_cast<std::size_t>(k)]);
    beta[k] = std::isfinite(found.second[k]) ? 80 / (found.second[k] * found.second[k]) : 1;
  }
  return class_probabilities(at, beta);
}

std::vector<Index> FiniteTarget::classify(const States& at) const {
  const MatrixXd y = relative(at);
  std::vector<Index> result(static_cast<std::size_t>(y.cols()), 0);
  if (classes() == 1) return result;
  // argmin |y - y_j|^2 = argmax (y.y_j - |y_j|^2/2): the posterior of equal weights, so cold that
  // it tells points apart whatever their unit.
  if (!cold_) {
    MatrixXd some(dimension(), std::min<Index>(count(), 256));
    store_->read(0, some);
    const double square = some.squaredNorm() / static_cast<double>(some.cols());
    cold_ = square > 0 ? 1e4 / square : 1;
  }
  const VectorXd beta = VectorXd::Constant(y.cols(), *cold_);
  const auto found = store_->average(y, beta, {}, {.norms = true, .mean = false}).argmax;
  for (Index k = 0; k < y.cols(); ++k) result[static_cast<std::size_t>(k)] = label(found[k]);
  return result;
}

std::vector<Index> FiniteTarget::draw(const States& at, const Betas& beta,
                                      const VectorXd& uniforms) const {
  const MatrixXd x = relative(at);
  // The running sum of the weights passes u; log Z errs by less than 1e-5 (softmax.hpp).
  const Averages all = evaluate_relative(x, beta, {.norms = true, .mean = false});
  std::vector<Index> result(static_cast<std::size_t>(x.cols()), count() - 1);
  std::vector<bool> found(result.size(), false);
  VectorXd below = VectorXd::Zero(x.cols());
  for_each_tile(x, beta, [&](Index first, const MatrixXd&, const MatrixXd& logs) {
    for (Index k = 0; k < x.cols(); ++k) {
      const auto walker = static_cast<std::size_t>(k);
      if (found[walker]) continue;
      const VectorXd weights = (logs.col(k).array() - all.log_partition[k]).exp();
      const double sum = weights.sum();
      if (below[k] + sum < uniforms[k]) {
        below[k] += sum;
        continue;
      }
      Index j = 0;
      while (j + 1 < weights.size() && (below[k] += weights[j]) < uniforms[k]) ++j;
      result[walker] = first + j;
      found[walker] = true;
    }
  });
  return result;
}

FiniteSupport::Nearest FiniteTarget::nearest(const States& at) const {
  NearestSearch search(relative(at));
  const auto floats = store_->floats();
  if (!floats) {
    for_each_points([&](Index first, const MatrixXd& tile) { search.add(first, tile); });
    return search.finish();
  }
  const Eigen::Map<const Eigen::MatrixXf> all(floats->points, dimension(), count());
  search.add(0, all, floats->half_norms);
  return search.finish();
}

std::size_t FiniteTarget::memory() const {
  const auto d = static_cast<std::size_t>(dimension());
  const auto vectors = static_cast<std::size_t>(log_weights_.size() + cumulative_.size());
  return store_->memory() + vectors * sizeof(double) + labels_.size() * sizeof(Index) +
         (dimension() <= kLargestCovariance ? d * d * sizeof(double) : 0) +
         2 * d * static_cast<std::size_t>(std::min(kTile, count())) * sizeof(double);
}

}  // namespace symbreak::target
