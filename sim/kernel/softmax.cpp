#include "sim/kernel/softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "sim/kernel/elementary_inline.hpp"
#include "sim/kernel/tile_product.hpp"

namespace symbreak::kernel {
namespace {

using Eigen::Index;
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using Column = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Points per tile: the tile stays in the second-level cache, its scores in the first.
constexpr std::size_t most_points = 96, tile_bytes = 256 << 10;

/// A score this far above the reference moves the reference; one this far below it weighs nothing.
constexpr double headroom = 2, negligible = 64;

constexpr std::size_t round_up(std::size_t n, std::size_t unit) {
  return (n + unit - 1) / unit * unit;
}

struct Walkers {
  const Eigen::Ref<const Matrix<double>>& x;
  const Eigen::Ref<const Eigen::VectorXd>& beta;

  std::size_t d() const { return static_cast<std::size_t>(x.rows()); }
  std::size_t count() const { return static_cast<std::size_t>(x.cols()); }
};

/// The part of the points at hand: half norms and log weights, filled up with points of no weight.
struct TileTerms {
  alignas(64) std::array<double, most_points> half_norms, log_weights;

  void take(const double* norms, const double* weights, std::size_t size) {
    half_norms.fill(0);
    log_weights.fill(-infinity);
    std::copy_n(norms, size, half_norms.begin());
    if (weights != nullptr) {
      std::copy_n(weights, size, log_weights.begin());
    } else {
      std::fill_n(log_weights.begin(), size, 0.0);
    }
  }
};

/// Sums over the points seen so far in one lane, with weights e^{s - reference}.
template <std::size_t width>
struct Sums {
  using Lanes = std::array<double, width>;
  alignas(64) Lanes beta{}, reference, top, sum{}, squares{}, energy{};
  std::array<std::size_t, width> argmax{};

  Sums() {
    reference.fill(-1e300);  // below all scores, yet finite
    top.fill(-infinity);
  }

  /// Moves the reference of a lane; returns the factor by which sums of weights change.
  double move_reference(std::size_t lane, double to) {
    const double shift = reference[lane] - to, scale = std::exp(shift);
    energy[lane] = scale == 0 ? 0 : scale * (energy[lane] + shift * sum[lane]);
    sum[lane] *= scale;
    squares[lane] *= scale * scale;
    reference[lane] = to;
    return scale;
  }
};

/// Scores of `rows` x `width` pairs of a point and a walker, and their weights.
///
/// Along the lanes of a row run either the walkers, all with one point, or (`points_in_lanes`) the
/// points, all with one walker.
template <class Real, std::size_t width, bool points_in_lanes>
struct Scores {
  static constexpr std::size_t step = Simd<Real>::wide_lanes;
  using Wide = typename Simd<Real>::Wide;
  using Narrow = typename Simd<Real>::Narrow;

  alignas(64) std::array<Real, most_points * width> dots;  ///< later the weights
  alignas(64) std::array<double, most_points * width> s;
  alignas(64) std::array<double, width> largest;

  static Wide wide(const Real* from) { return __builtin_convertvector(load<Narrow>(from), Wide); }
  static Wide term(const std::array<double, most_points>& terms, std::size_t row,
                   std::size_t lane) {
    if constexpr (points_in_lanes) return load<Wide>(&terms[row * width + lane]);
    return terms[row] - Wide{};
  }

  /// s = beta (dot - half_norm) + log_weight, and the largest of each lane.
  void evaluate(std::size_t rows, const TileTerms& terms, const std::array<double, width>& beta) {
    for (std::size_t lane = 0; lane < width; lane += step) {
      const Wide slope = load<Wide>(&beta[lane]);
      Wide most = -infinity - Wide{};
      for (std::size_t row = 0; row < rows; ++row) {
        const Wide dot = wide(&dots[row * width + lane]);
        const Wide score =
            slope * (dot - term(terms.half_norms, row, lane)) + term(terms.log_weights, row, lane);
        most = score > most ? score : most;
        store(score, &s[row * width + lane]);
      }
      store(most, &largest[lane]);
    }
  }

  std::size_t first_row_with(double score, std::size_t lane) const {
    std::size_t row = 0;
    while (s[row * width + lane] != score) ++row;
    return row;
  }

  /// Replaces the dots by the weights and adds them up.
  void weigh(std::size_t rows, Sums<width>& sums) {
    const Wide floor = -1000.0 - Wide{};  // weight 0, and keeps 0 * infinity out of the energy
    for (std::size_t lane = 0; lane < width; lane += step) {
      const Wide reference = load<Wide>(&sums.reference[lane]);
      for (std::size_t row = 0; row < rows; ++row) {
        const Wide difference = load<Wide>(&s[row * width + lane]) - reference;
        const Wide bounded = difference > floor ? difference : floor;
        store(bounded, &s[row * width + lane]);
        store(__builtin_convertvector(bounded, Narrow), &dots[row * width + lane]);
      }
    }
    for (std::size_t i = 0; i < rows * width; ++i) dots[i] = inline_elementary::exp(dots[i]);
    // All lanes at once: independent chains hide the latency of the sums.
    constexpr std::size_t groups = width / step;
    Wide sum[groups], squares[groups], energy[groups];
    __builtin_memcpy(sum, sums.sum.data(), sizeof sum);
    __builtin_memcpy(squares, sums.squares.data(), sizeof squares);
    __builtin_memcpy(energy, sums.energy.data(), sizeof energy);
    for (std::size_t row = 0; row < rows; ++row) {
#pragma GCC unroll 4
      for (std::size_t group = 0; group < groups; ++group) {
        const std::size_t i = row * width + group * step;
        const Wide weight = wide(&dots[i]);
        sum[group] += weight;
        squares[group] += weight * weight;
        energy[group] += weight * load<Wide>(&s[i]);
      }
    }
    __builtin_memcpy(sums.sum.data(), sum, sizeof sum);
    __builtin_memcpy(sums.squares.data(), squares, sizeof squares);
    __builtin_memcpy(sums.energy.data(), energy, sizeof energy);
  }
};

SoftmaxAverage empty_average(std::size_t d, std::size_t walkers) {
  const auto rows = static_cast<Index>(d), size = static_cast<Index>(walkers);
  SoftmaxAverage out;
  out.mean.setZero(rows, size);
  for (auto* each : {&out.log_sum, &out.sum_squares, &out.largest, &out.entropy}) {
    each->setZero(size);
  }
  out.argmax.setZero(size);
  return out;
}

/// Everything but the mean of walker k, from sums with one reference over one or more lanes.
void finish(SoftmaxAverage& out, Index k, double reference, double top, double sum, double squares,
            double energy, std::size_t argmax) {
  out.log_sum[k] = reference + std::log(sum);
  out.sum_squares[k] = squares / (sum * sum);
  out.largest[k] = std::exp(top - reference) / sum;
  out.entropy[k] = std::log(sum) - energy / sum;
  out.argmax[k] = static_cast<Index>(argmax);
  if (out.mean.size() > 0) out.mean.col(k) /= sum;
}

/// One to `vectors` * lanes walkers in the lanes, on the tiles handed to it.
template <class Real, std::size_t vectors>
class WalkerBlock {
  static constexpr std::size_t width = vectors * Simd<Real>::lanes;

 public:
  WalkerBlock(const Walkers& walkers, std::size_t first, bool with_mean)
      : first_(first),
        size_(std::min(width, walkers.count() - first)),
        d_(walkers.d()),
        with_mean_(with_mean),
        states_(Column<Real>::Zero(static_cast<Index>(d_ * width))),
        means_(Column<double>::Zero(
            with_mean ? static_cast<Index>(round_up(d_, product_rows) * width) : 0)) {
    for (std::size_t lane = 0; lane < size_; ++lane) {
      const auto k = static_cast<Index>(first + lane);
      sums_.beta[lane] = walkers.beta[k];
      lane_of(states_, lane).head(walkers.x.rows()) = walkers.x.col(k).template cast<Real>();
    }
  }

  void add(const Real* tile, std::size_t stride, std::size_t points, std::size_t first_point,
           const TileTerms& terms) {
    tile_dots<Real, vectors>(tile, stride, points, d_, states_.data(), scores_.dots.data());
    scores_.evaluate(points, terms, sums_.beta);
    bool counts = false;
    for (std::size_t lane = 0; lane < size_; ++lane) {
      const double largest = scores_.largest[lane];
      if (largest > sums_.top[lane]) {
        sums_.top[lane] = largest;
        sums_.argmax[lane] = first_point + scores_.first_row_with(largest, lane);
      }
      if (largest > sums_.reference[lane] + headroom) {
        const double scale = sums_.move_reference(lane, largest);
        if (with_mean_) lane_of(means_, lane) *= scale;
      }
      counts = counts || largest >= sums_.reference[lane] - negligible;
    }
    if (!counts) return;
    scores_.weigh(points, sums_);
    if (with_mean_) {
      tile_means<Real, vectors>(tile, stride, points, d_, scores_.dots.data(), means_.data());
    }
  }

  void finish_into(SoftmaxAverage& out) {
    for (std::size_t lane = 0; lane < size_; ++lane) {
      const auto k = static_cast<Index>(first_ + lane);
      if (with_mean_) out.mean.col(k) = lane_of(means_, lane).head(out.mean.rows());
      finish(out, k, sums_.reference[lane], sums_.top[lane], sums_.sum[lane], sums_.squares[lane],
             sums_.energy[lane], sums_.argmax[lane]);
    }
  }

 private:
  template <class Scalar>
  static auto lane_of(Column<Scalar>& values, std::size_t lane) {
    return Eigen::Map<Column<Scalar>, 0, Eigen::InnerStride<>>(
        values.data() + lane, values.size() / static_cast<Index>(width),
        Eigen::InnerStride<>(static_cast<Index>(width)));
  }

  std::size_t first_, size_, d_;
  bool with_mean_;
  Column<Real> states_;   // d x width, lanes contiguous
  Column<double> means_;  // the same, d rounded up
  Sums<width> sums_;
  Scores<Real, width, false> scores_;
};

}  // namespace

/// Tile by tile. `tile_size` points fill the second-level cache; where a tile ends does not depend
/// on how the points arrive as long as all but the last arrival are multiples of it.
template <class Real>
class SoftmaxAccumulator<Real>::Work {
 public:
  virtual ~Work() = default;
  virtual std::size_t tile_size() const = 0;
  virtual void add(const Real* points, const double* half_norms, const double* log_weights,
                   std::size_t size, std::size_t first) = 0;
  virtual void finish_into(SoftmaxAverage& out) = 0;
};

namespace {

template <class Real>
class ManyWalkers final : public SoftmaxAccumulator<Real>::Work {
  static constexpr std::size_t lanes = Simd<Real>::lanes;

 public:
  ManyWalkers(const Walkers& walkers, bool with_mean)
      : d_(walkers.d()),
        // A copy of the tile with whole register blocks, and rows that do not share cache sets.
        stride_(round_up(d_, 16) + 16) {
    for (std::size_t first = 0; first < walkers.count(); first += 2 * lanes) {
      if (walkers.count() - first > lanes) {
        pairs_.emplace_back(walkers, first, with_mean);
      } else {
        singles_.emplace_back(walkers, first, with_mean);
      }
    }
    const std::size_t fitting = tile_bytes / (stride_ * sizeof(Real)) / product_rows * product_rows;
    tile_size_ = std::clamp(fitting, 4 * product_rows, most_points);
    tile_ = Column<Real>::Zero(static_cast<Index>(stride_ * tile_size_));
  }

  std::size_t tile_size() const override { return tile_size_; }

  void add(const Real* points, const double* half_norms, const double* log_weights,
           std::size_t size, std::size_t first) override {
    const std::size_t rows = round_up(size, product_rows);
    terms_.take(half_norms, log_weights, size);
    for (std::size_t j = 0; j < size; ++j) {
      std::copy_n(points + j * d_, d_, tile_.data() + j * stride_);
    }
    for (auto& block : pairs_) block.add(tile_.data(), stride_, rows, first, terms_);
    for (auto& block : singles_) block.add(tile_.data(), stride_, rows, first, terms_);
  }

  void finish_into(SoftmaxAverage& out) override {
    for (auto& block : pairs_) block.finish_into(out);
    for (auto& block : singles_) block.finish_into(out);
  }

 private:
  std::size_t d_, stride_, tile_size_ = 0;
  std::vector<WalkerBlock<Real, 2>> pairs_;
  std::vector<WalkerBlock<Real, 1>> singles_;
  Column<Real> tile_;
  TileTerms terms_;
};

/// Few walkers leave lanes empty: the points go into the lanes, and the products become
/// matrix-vector products of a tile that stays in the cache between the two.
template <class Real>
class FewWalkers final : public SoftmaxAccumulator<Real>::Work {
  static constexpr std::size_t width = Simd<Real>::lanes;

 public:
  FewWalkers(const Walkers& walkers, bool with_mean)
      : with_mean_(with_mean),
        states_(walkers.x.template cast<Real>()),
        mean_(MatrixXd::Zero(with_mean ? walkers.x.rows() : 0, walkers.x.cols())),
        sums_(walkers.count()) {
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      sums_[k].beta.fill(walkers.beta[static_cast<Index>(k)]);
    }
  }

  std::size_t tile_size() const override {
    const std::size_t bytes = static_cast<std::size_t>(states_.rows()) * sizeof(Real);
    return std::clamp(tile_bytes / bytes / width * width, width, most_points);
  }

  void add(const Real* points, const double* half_norms, const double* log_weights,
           std::size_t size, std::size_t first) override {
    const Eigen::Map<const Matrix<Real>> tile(points, states_.rows(), static_cast<Index>(size));
    terms_.take(half_norms, log_weights, size);
    Eigen::Map<Column<Real>> dots(scores_.dots.data(), static_cast<Index>(size));
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      Sums<width>& sums = sums_[k];
      const auto column = static_cast<Index>(k);
      std::fill(scores_.dots.begin() + static_cast<std::ptrdiff_t>(size), scores_.dots.end(),
                Real{0});
      dots.noalias() = tile.transpose() * states_.col(column);
      const std::size_t rows = round_up(size, width) / width;
      scores_.evaluate(rows, terms_, sums.beta);
      const auto highest = std::max_element(scores_.largest.begin(), scores_.largest.end());
      if (*highest > sums.top[0]) {
        const auto lane = static_cast<std::size_t>(highest - scores_.largest.begin());
        sums.top[0] = *highest;
        sums.argmax[0] = first + scores_.first_row_with(*highest, lane) * width + lane;
      }
      if (*highest > sums.reference[0] + headroom) {
        double scale = 0;
        for (std::size_t lane = 0; lane < width; ++lane) {
          scale = sums.move_reference(lane, *highest);
        }
        if (with_mean_) mean_.col(column) *= scale;
      }
      if (*highest < sums.reference[0] - negligible) continue;
      scores_.weigh(rows, sums);
      if (with_mean_) mean_.col(column) += (tile * dots).template cast<double>();
    }
  }

  void finish_into(SoftmaxAverage& out) override {
    if (with_mean_) out.mean = mean_;
    const auto total = [](const auto& lanes) {
      double value = 0;
      for (const double each : lanes) value += each;
      return value;
    };
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      const Sums<width>& sums = sums_[k];
      finish(out, static_cast<Index>(k), sums.reference[0], sums.top[0], total(sums.sum),
             total(sums.squares), total(sums.energy), sums.argmax[0]);
    }
  }

 private:
  using MatrixXd = Eigen::MatrixXd;
  bool with_mean_;
  Matrix<Real> states_;
  MatrixXd mean_;
  std::vector<Sums<width>> sums_;
  Scores<Real, width, true> scores_;
  TileTerms terms_;
};

template <class Real>
SoftmaxAverage average(const Matrix<Real>& points, const Eigen::VectorXd& half_norms,
                       const Eigen::VectorXd& log_weights,
                       const Eigen::Ref<const Eigen::MatrixXd>& x,
                       const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean) {
  SoftmaxAccumulator<Real> sums(x, beta, with_mean);
  sums.add(points.data(), half_norms.data(), log_weights.size() > 0 ? log_weights.data() : nullptr,
           points.cols());
  return sums.finish();
}

}  // namespace

template <class Real>
SoftmaxAccumulator<Real>::SoftmaxAccumulator(const Eigen::Ref<const Eigen::MatrixXd>& x,
                                             const Eigen::Ref<const Eigen::VectorXd>& beta,
                                             bool with_mean)
    : d_(x.rows()), walkers_(x.cols()), with_mean_(with_mean) {
  const Walkers walkers{x, beta};
  if (2 * walkers.count() <= Simd<Real>::lanes) {
    work_ = std::make_unique<FewWalkers<Real>>(walkers, with_mean);
  } else {
    work_ = std::make_unique<ManyWalkers<Real>>(walkers, with_mean);
  }
}

template <class Real>
SoftmaxAccumulator<Real>::~SoftmaxAccumulator() = default;

template <class Real>
Index SoftmaxAccumulator<Real>::tile() const {
  return static_cast<Index>(work_->tile_size());
}

template <class Real>
void SoftmaxAccumulator<Real>::add(const Real* points, const double* half_norms,
                                   const double* log_weights, Index count) {
  for (Index first = 0; first < count; first += tile()) {
    work_->add(points + first * d_, half_norms + first,
               log_weights == nullptr ? nullptr : log_weights + first,
               static_cast<std::size_t>(std::min(tile(), count - first)),
               static_cast<std::size_t>(added_ + first));
  }
  added_ += count;
}

template <class Real>
SoftmaxAverage SoftmaxAccumulator<Real>::finish() {
  SoftmaxAverage out = empty_average(static_cast<std::size_t>(with_mean_ ? d_ : 0),
                                     static_cast<std::size_t>(walkers_));
  work_->finish_into(out);
  return out;
}

template class SoftmaxAccumulator<float>;
template class SoftmaxAccumulator<double>;

SoftmaxAverage softmax_average(const Eigen::MatrixXf& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean) {
  return average<float>(points, half_norms, log_weights, x, beta, with_mean);
}

SoftmaxAverage softmax_average(const Eigen::MatrixXd& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean) {
  return average<double>(points, half_norms, log_weights, x, beta, with_mean);
}

}  // namespace symbreak::kernel
