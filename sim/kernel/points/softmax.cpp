#include "sim/kernel/points/softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sim/kernel/points/softmax_weights.hpp"
#include "sim/kernel/simd/tile_product.hpp"

namespace symbreak::kernel {
namespace {

using namespace softmax_weights;
using Eigen::Index;
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using Column = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

/// Bytes of a tile: it stays in the second-level cache.
constexpr std::size_t tile_bytes = 256 << 10;

constexpr std::size_t round_up(std::size_t n, std::size_t unit) {
  return (n + unit - 1) / unit * unit;
}

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

  void add(const Real* tile, std::size_t stride, std::size_t points, std::size_t first_point,
           const TileTerms<Real>& terms, Ahead& ahead) {
    tile_dots<Real, vectors>(tile, stride, points, d_, states_.data(), weights_.dots.data(), ahead);
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
      tile_means<Real, vectors>(tile, stride, points, d_, weights_.values.data(), means_.data());
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
  ManyWalkers(const Walkers& walkers, bool with_mean)
      : d_(walkers.d()),
        // A copy of the tile has whole register blocks, and rows that do not share cache sets;
        // most points do without.
        stride_(round_up(d_, 16) + 16),
        whole_rows_(d_ % tail_rows == 0 && d_ * sizeof(Real) % 1024 != 0) {
    pairs_.reserve(walkers.count() / (2 * lanes) + 1);  // a block is large to move
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
           std::size_t size, std::size_t first, std::size_t more) override {
    const std::size_t rows = round_up(size, product_rows);
    terms_.take(half_norms, log_weights, size);
    const bool copied = !whole_rows_ || rows != size;
    for (std::size_t j = 0; copied && j < size; ++j) {
      std::copy_n(points + j * d_, d_, tile_.data() + j * stride_);
    }
    const Real* const tile = copied ? tile_.data() : points;
    const std::size_t stride = copied ? stride_ : d_;
    Ahead ahead{reinterpret_cast<const char*>(points + size * d_)};
    ahead.lines = std::min(tile_size_, more) * d_ * sizeof(Real) / 64;
    const std::size_t pauses = rows / product_rows * ((d_ + Ahead::pause - 1) / Ahead::pause);
    ahead.each = ahead.lines / (pauses * (pairs_.size() + singles_.size())) + 1;
    for (auto& block : pairs_) block.add(tile, stride, rows, first, terms_, ahead);
    for (auto& block : singles_) block.add(tile, stride, rows, first, terms_, ahead);
  }

  void finish_into(SoftmaxAverage& out) override {
    for (auto& block : pairs_) block.finish_into(out);
    for (auto& block : singles_) block.finish_into(out);
  }

 private:
  std::size_t d_, stride_, tile_size_ = 0;
  bool whole_rows_;
  std::vector<WalkerBlock<Real, 2>> pairs_;
  std::vector<WalkerBlock<Real, 1>> singles_;
  Column<Real> tile_;
  TileTerms<Real> terms_;
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
        beta_(walkers.beta.template cast<Real>()),
        mean_(MatrixXd::Zero(with_mean ? walkers.x.rows() : 0, walkers.x.cols())),
        sums_(walkers.count()) {}

  std::size_t tile_size() const override {
    const std::size_t bytes = static_cast<std::size_t>(states_.rows()) * sizeof(Real);
    return std::clamp(tile_bytes / bytes / width * width, width, most_points);
  }

  void add(const Real* points, const double* half_norms, const double* log_weights,
           std::size_t size, std::size_t first, std::size_t) override {
    const Eigen::Map<const Matrix<Real>> tile(points, states_.rows(), static_cast<Index>(size));
    terms_.take(half_norms, log_weights, size);
    for (std::size_t k = 0; k < sums_.size(); ++k) add(tile, first, static_cast<Index>(k));
  }

  void finish_into(SoftmaxAverage& out) override {
    if (with_mean_) out.mean = mean_;
    for (std::size_t k = 0; k < sums_.size(); ++k) finish(out, static_cast<Index>(k), sums_[k]);
  }

 private:
  using MatrixXd = Eigen::MatrixXd;

  void add(const Eigen::Map<const Matrix<Real>>& tile, std::size_t first, Index k) {
    const auto size = static_cast<std::size_t>(tile.cols()), rows = round_up(size, width) / width;
    std::fill(weights_.dots.begin() + static_cast<std::ptrdiff_t>(size),
              weights_.dots.begin() + static_cast<std::ptrdiff_t>(rows * width), Real{0});
    Eigen::Map<Column<Real>>(weights_.dots.data(), tile.cols()).noalias() =
        tile.transpose() * states_.col(k);
    Sums<Real>& sums = sums_[static_cast<std::size_t>(k)];
    weights_.beta.fill(beta_[k]);
    use(sums.reference);
    if (sums.begun) weights_.evaluate(rows, terms_);
    if (!sums.begun || !sums.fits(largest())) {
      raise_references(
          &sums, 1, [&] { weights_.find_largest(rows, terms_); },
          [&](std::size_t) { return largest(); }, [&](std::size_t) { use(sums.reference); },
          [&](std::size_t, double scale) {
            if (with_mean_) mean_.col(k) *= scale;
          });
      weights_.evaluate(rows, terms_);
    }
    const auto total = [](const auto& lanes) {
      return std::accumulate(lanes.begin(), lanes.end(), 0.0);
    };
    const Eigen::Map<const Column<Real>> values(weights_.values.data(), tile.cols());
    if (sums.add(largest(), total(weights_.sum), total(weights_.squares), total(weights_.energy))) {
      Index heaviest = 0;
      values.maxCoeff(&heaviest);
      sums.argmax = first + static_cast<std::size_t>(heaviest);
    }
    if (with_mean_ && largest() >= -negligible) {
      mean_.col(k) += (tile * values).template cast<double>();
    }
  }
  void use(const Reference<Real>& reference) {
    weights_.reference.fill(reference.high);
    weights_.reference_low.fill(reference.low);
  }
  double largest() const {
    return static_cast<double>(*std::max_element(weights_.largest.begin(), weights_.largest.end()));
  }

  bool with_mean_;
  Matrix<Real> states_;
  Column<Real> beta_;
  MatrixXd mean_;
  std::vector<Sums<Real>> sums_;
  Weights<Real, width, true> weights_;
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
