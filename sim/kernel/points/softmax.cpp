#include "sim/kernel/points/softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sim/kernel/points/point_tiles.hpp"
#include "sim/kernel/points/row_products.hpp"
#include "sim/kernel/points/softmax_weights.hpp"

namespace symbreak::kernel {
namespace {

using namespace softmax_weights;
using Eigen::Index;
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using Column = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

struct Walkers {
  const Eigen::Ref<const Matrix<double>>& x;
  const Eigen::Ref<const Eigen::VectorXd>& beta;

  std::size_t d() const { return static_cast<std::size_t>(x.rows()); }
  std::size_t count() const { return static_cast<std::size_t>(x.cols()); }
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

/// Everything of walker k, from the unnormalised mean.
template <class Real>
void finish(SoftmaxAverage& out, Index k, const Sums<Real>& sums) {
  out.log_sum[k] = sums.reference.value() + std::log(sums.sum);
  out.sum_squares[k] = sums.squares / (sums.sum * sums.sum);
  out.largest[k] = std::exp(sums.top) / sums.sum;
  out.entropy[k] = std::log(sums.sum) - sums.energy / sums.sum;
  out.argmax[k] = static_cast<Index>(sums.argmax);
  if (out.mean.size() > 0) out.mean.col(k) /= sums.sum;
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
        means_(Column<double>::Zero(with_mean ? static_cast<Index>(round_up(d_, tail_rows) * width)
                                              : 0)) {
    for (std::size_t lane = 0; lane < size_; ++lane) {
      const auto k = static_cast<Index>(first + lane);
      weights_.beta[lane] = static_cast<Real>(walkers.beta[k]);
      lane_of(states_, lane).head(walkers.x.rows()) = walkers.x.col(k).template cast<Real>();
    }
  }

  void add(typename PointTiles<Real>::Tile& tile, std::size_t first_point,
           const TileTerms<Real>& terms) {
    const std::size_t points = tile.rows;
    tile_dots<Real, vectors>(tile.points, tile.stride, points, d_, states_.data(),
                             weights_.dots.data(), tile.ahead);
    if (!evaluate_if_fitting(points, terms)) {
      raise_references(points, terms);
      weights_.evaluate(points, terms);
    }
    bool counts = false;
    for (std::size_t lane = 0; lane < size_; ++lane) {
      Sums<Real>& sums = sums_[lane];
      const auto above = static_cast<double>(weights_.largest[lane]);
      if (sums.add(above, static_cast<double>(weights_.sum[lane]),
                   static_cast<double>(weights_.squares[lane]),
                   static_cast<double>(weights_.energy[lane]))) {
        sums.argmax = first_point + weights_.heaviest_row(points, lane);
      }
      counts = counts || above >= -negligible;
    }
    if (counts && with_mean_) {
      tile_means<Real, vectors>(tile.points, tile.stride, points, d_, weights_.values.data(),
                                means_.data());
    }
  }

  void finish_into(SoftmaxAverage& out) {
    for (std::size_t lane = 0; lane < size_; ++lane) {
      const auto k = static_cast<Index>(first_ + lane);
      if (with_mean_) out.mean.col(k) = lane_of(means_, lane).head(out.mean.rows());
      finish(out, k, sums_[lane]);
    }
  }

 private:
  /// The weights, unless some reference is missing or too low, which happens to few tiles.
  bool evaluate_if_fitting(std::size_t points, const TileTerms<Real>& terms) {
    const auto begun = [](const Sums<Real>& sums) { return sums.begun; };
    if (!std::all_of(sums_.begin(), sums_.begin() + size_, begun)) return false;
    weights_.evaluate(points, terms);
    for (std::size_t lane = 0; lane < size_; ++lane) {
      if (!sums_[lane].fits(static_cast<double>(weights_.largest[lane]))) return false;
    }
    return true;
  }

  void raise_references(std::size_t points, const TileTerms<Real>& terms) {
    softmax_weights::raise_references(
        sums_.data(), size_, [&] { weights_.find_largest(points, terms); },
        [&](std::size_t lane) { return static_cast<double>(weights_.largest[lane]); },
        [&](std::size_t lane) {
          weights_.reference[lane] = sums_[lane].reference.high;
          weights_.reference_low[lane] = sums_[lane].reference.low;
        },
        [&](std::size_t lane, double scale) {
          if (with_mean_) lane_of(means_, lane) *= scale;
        });
  }

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
  std::array<Sums<Real>, width> sums_;
  Weights<Real, width, false> weights_;
};

}  // namespace

/// Tile by tile. `tile_size` points fill the second-level cache; where a tile ends does not depend
/// on how the points arrive as long as all but the last arrival are multiples of it.
template <class Real>
class SoftmaxAccumulator<Real>::Work {
 public:
  virtual ~Work() = default;
  virtual std::size_t tile_size() const = 0;
  /// `more` points follow those of this tile in memory.
  virtual void add(const Real* points, const double* half_norms, const double* log_weights,
                   std::size_t size, std::size_t first, std::size_t more) = 0;
  virtual void finish_into(SoftmaxAverage& out) = 0;
};

namespace {

template <class Real>
class ManyWalkers final : public SoftmaxAccumulator<Real>::Work {
  static constexpr std::size_t lanes = Simd<Real>::lanes;

 public:
  ManyWalkers(const Walkers& walkers, bool with_mean) : tiles_(walkers.d()) {
    pairs_.reserve(walkers.count() / (2 * lanes) + 1);  // a block is large to move
    for (std::size_t first = 0; first < walkers.count(); first += 2 * lanes) {
      if (walkers.count() - first > lanes) {
        pairs_.emplace_back(walkers, first, with_mean);
      } else {
        singles_.emplace_back(walkers, first, with_mean);
      }
    }
  }

  std::size_t tile_size() const override { return tiles_.size(); }

  void add(const Real* points, const double* half_norms, const double* log_weights,
           std::size_t size, std::size_t first, std::size_t more) override {
    terms_.take(half_norms, log_weights, size);
    auto tile = tiles_.take(points, size, more, pairs_.size() + singles_.size());
    for (auto& block : pairs_) block.add(tile, first, terms_);
    for (auto& block : singles_) block.add(tile, first, terms_);
  }

  void finish_into(SoftmaxAverage& out) override {
    for (auto& block : pairs_) block.finish_into(out);
    for (auto& block : singles_) block.finish_into(out);
  }

 private:
  PointTiles<Real> tiles_;
  std::vector<WalkerBlock<Real, 2>> pairs_;
  std::vector<WalkerBlock<Real, 1>> singles_;
  TileTerms<Real> terms_;
};

/// Few walkers leave lanes empty: the points go into the lanes, and the products become
/// matrix-vector products. In single precision they run over a few points at a time, which stay in
/// the first-level cache between the two; where the reference has to move, and for what is not a
/// whole tile, over the tile.
template <class Real>
class FewWalkers final : public SoftmaxAccumulator<Real>::Work {
  static constexpr std::size_t width = Simd<Real>::lanes;
  /// Terms that Eigen adds before it goes to the next ones, in tiles of at least 128 points.
  static constexpr std::size_t chain = 16;
  /// Bytes of a piece: it stays in the first-level cache, and the next one finds room.
  static constexpr std::size_t piece_bytes = 13 << 10;

 public:
  FewWalkers(const Walkers& walkers, bool with_mean)
      : d_(walkers.d()),
        with_mean_(with_mean),
        states_(walkers.x.template cast<Real>()),
        each_(walkers.count()) {
    const std::size_t fitting = tile_bytes / (d_ * sizeof(Real)) / width * width;
    tile_size_ = std::clamp(fitting, width, most_points);
    chained_ = tile_size_ >= 128;
    const std::size_t unit = chained_ ? chain : width;
    piece_ = std::max(unit, piece_bytes / (d_ * sizeof(Real)) / unit * unit);
    for (std::size_t k = 0; k < each_.size(); ++k) {
      const auto column = static_cast<Index>(k);
      each_[k].weights.beta.fill(static_cast<Real>(walkers.beta[column]));
      each_[k].mean.setZero(with_mean ? walkers.x.rows() : 0);
      each_[k].part.setZero(with_mean ? walkers.x.rows() : 0);
    }
  }

  std::size_t tile_size() const override { return tile_size_; }

  void add(const Real* points, const double* half_norms, const double* log_weights,
           std::size_t size, std::size_t first, std::size_t) override {
    terms_.take(half_norms, log_weights, size);
    const bool streams =
        std::is_same_v<Real, float> && d_ >= row_products::lanes && size == tile_size_;
    if (streams) stream(points);
    const Eigen::Map<const Matrix<Real>> tile(points, states_.rows(), static_cast<Index>(size));
    for (std::size_t k = 0; k < each_.size(); ++k) {
      if (!streams || !each_[k].streamed) evaluate(tile, k);
      add(tile, first, k, streams && each_[k].streamed);
    }
  }

  void finish_into(SoftmaxAverage& out) override {
    for (std::size_t k = 0; k < each_.size(); ++k) {
      const auto column = static_cast<Index>(k);
      if (with_mean_) out.mean.col(column) = each_[k].mean;
      finish(out, column, each_[k].sums);
    }
  }

 private:
  struct Walker {
    Sums<Real> sums;
    Weights<Real, width, true> weights;  ///< of the tile at hand
    Column<double> mean;
    Column<Real> part;      ///< of the tile at hand
    bool streamed = false;  ///< the tile at hand is in `weights` and `part`

    void use_reference() {
      weights.reference.fill(sums.reference.high);
      weights.reference_low.fill(sums.reference.low);
    }
    double largest() const {
      return static_cast<double>(*std::max_element(weights.largest.begin(), weights.largest.end()));
    }
  };

  /// A whole tile, piece by piece, for every walker whose reference may stay.
  void stream(const Real* points) {
    for (Walker& walker : each_) {
      walker.streamed = walker.sums.begun;
      if (!walker.streamed) continue;
      walker.use_reference();
      walker.part.setZero();
    }
    for (std::size_t begin = 0; begin < tile_size_; begin += piece_) {
      const std::size_t end = std::min(begin + piece_, tile_size_);
      for (std::size_t k = 0; k < each_.size(); ++k) {
        if (each_[k].streamed) each_[k].streamed = stream(points, begin, end, k);
      }
    }
  }

  /// Points begin, begin + 1, ..; whether the reference may stay.
  bool stream(const Real* points, std::size_t begin, std::size_t end, std::size_t k) {
    if constexpr (std::is_same_v<Real, float>) {
      using namespace row_products;
      Walker& walker = each_[k];
      auto& weights = walker.weights;
      const float* const x = states_.col(static_cast<Index>(k)).data();
      NextPoints next{points + (begin + piece_) * d_, chained_};
      for (std::size_t j = begin; j < end; j += lanes) {
        store(dots(points + j * d_, d_, x, next), &weights.dots[j]);
      }
      weights.evaluate(begin / width, end / width, terms_);
      if (!walker.sums.fits(walker.largest())) return false;
      if (!with_mean_) return true;
      const std::size_t most = chained_ ? chain : end - begin;
      for (std::size_t j = begin; j < end; j += most) {
        const std::size_t rows = std::min(most, end - j);
        const float* const each = &weights.values[j];
        if (all_zero(each, rows)) continue;
        Block{points + j * d_, d_, rows, each, chained_}.add(walker.part.data(), next);
      }
    }
    return true;
  }

  /// Weights and their mean over the tile at hand, after the reference has moved if it has to.
  void evaluate(const Eigen::Map<const Matrix<Real>>& tile, std::size_t k) {
    Walker& walker = each_[k];
    auto& weights = walker.weights;
    const auto size = static_cast<std::size_t>(tile.cols()), rows = round_up(size, width) / width;
    std::fill(weights.dots.begin() + static_cast<std::ptrdiff_t>(size),
              weights.dots.begin() + static_cast<std::ptrdiff_t>(rows * width), Real{0});
    Eigen::Map<Column<Real>>(weights.dots.data(), tile.cols()).noalias() =
        tile.transpose() * states_.col(static_cast<Index>(k));
    walker.use_reference();
    if (walker.sums.begun) weights.evaluate(rows, terms_);
    if (!walker.sums.begun || !walker.sums.fits(walker.largest())) {
      raise_references(
          &walker.sums, 1, [&] { weights.find_largest(rows, terms_); },
          [&](std::size_t) { return walker.largest(); },
          [&](std::size_t) { walker.use_reference(); },
          [&](std::size_t, double scale) {
            if (with_mean_) walker.mean *= scale;
          });
      weights.evaluate(rows, terms_);
    }
  }

  void add(const Eigen::Map<const Matrix<Real>>& tile, std::size_t first, std::size_t k,
           bool streamed) {
    Walker& walker = each_[k];
    auto& weights = walker.weights;
    const auto total = [](const auto& lanes) {
      return std::accumulate(lanes.begin(), lanes.end(), 0.0);
    };
    const double largest = walker.largest();
    const Eigen::Map<const Column<Real>> values(weights.values.data(), tile.cols());
    if (walker.sums.add(largest, total(weights.sum), total(weights.squares),
                        total(weights.energy))) {
      Index heaviest = 0;
      values.maxCoeff(&heaviest);
      walker.sums.argmax = first + static_cast<std::size_t>(heaviest);
    }
    if (!with_mean_ || largest < -negligible) return;
    if (!streamed) walker.part.noalias() = tile * values;
    walker.mean += walker.part.template cast<double>();
  }

  std::size_t d_, tile_size_ = 0, piece_ = 0;
  bool with_mean_, chained_ = false;
  Matrix<Real> states_;
  std::vector<Walker> each_;
  TileTerms<Real> terms_;
};

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
    const Index size = std::min(tile(), count - first);
    work_->add(points + first * d_, half_norms + first,
               log_weights == nullptr ? nullptr : log_weights + first,
               static_cast<std::size_t>(size), static_cast<std::size_t>(added_ + first),
               static_cast<std::size_t>(count - first - size));
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

}  // namespace symbreak::kernel
