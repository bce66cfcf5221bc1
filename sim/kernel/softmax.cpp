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

template <class Real>
struct Problem {
  const Matrix<Real>& points;
  const Eigen::VectorXd& half_norms;
  const Eigen::VectorXd& log_weights;
  const Eigen::Ref<const Matrix<double>>& x;
  const Eigen::Ref<const Eigen::VectorXd>& beta;

  std::size_t d() const { return static_cast<std::size_t>(points.rows()); }
  std::size_t count() const { return static_cast<std::size_t>(points.cols()); }
  std::size_t walkers() const { return static_cast<std::size_t>(x.cols()); }
};

/// The part of the points at hand: half norms and log weights, filled up with points of no weight.
struct TileTerms {
  alignas(64) std::array<double, most_points> half_norms, log_weights;

  template <class Real>
  void take(const Problem<Real>& problem, std::size_t first, std::size_t size) {
    half_norms.fill(0);
    log_weights.fill(-infinity);
    std::copy_n(problem.half_norms.data() + first, size, half_norms.begin());
    std::copy_n(problem.log_weights.data() + first, size, log_weights.begin());
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
  out.mean.col(k) /= sum;
}

/// One to `vectors` * lanes walkers in the lanes, on the tiles handed to it.
template <class Real, std::size_t vectors>
class WalkerBlock {
  static constexpr std::size_t width = vectors * Simd<Real>::lanes;

 public:
  WalkerBlock(const Problem<Real>& problem, std::size_t first)
      : first_(first),
        size_(std::min(width, problem.walkers() - first)),
        d_(problem.d()),
        states_(Column<Real>::Zero(static_cast<Index>(d_ * width))),
        means_(Column<double>::Zero(static_cast<Index>(round_up(d_, product_rows) * width))) {
    for (std::size_t lane = 0; lane < size_; ++lane) {
      const auto k = static_cast<Index>(first + lane);
      sums_.beta[lane] = problem.beta[k];
      lane_of(states_, lane).head(problem.x.rows()) = problem.x.col(k).template cast<Real>();
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
        lane_of(means_, lane) *= sums_.move_reference(lane, largest);
      }
      counts = counts || largest >= sums_.reference[lane] - negligible;
    }
    if (!counts) return;
    scores_.weigh(points, sums_);
    tile_means<Real, vectors>(tile, stride, points, d_, scores_.dots.data(), means_.data());
  }

  void finish_into(SoftmaxAverage& out) {
    for (std::size_t lane = 0; lane < size_; ++lane) {
      const auto k = static_cast<Index>(first_ + lane);
      out.mean.col(k) = lane_of(means_, lane).head(out.mean.rows());
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
  Column<Real> states_;   // d x width, lanes contiguous
  Column<double> means_;  // the same, d rounded up
  Sums<width> sums_;
  Scores<Real, width, false> scores_;
};

template <class Real>
SoftmaxAverage many_walkers(const Problem<Real>& problem) {
  constexpr std::size_t lanes = Simd<Real>::lanes;
  const std::size_t d = problem.d(), walkers = problem.walkers(), count = problem.count();
  std::vector<WalkerBlock<Real, 2>> pairs;
  std::vector<WalkerBlock<Real, 1>> singles;
  for (std::size_t first = 0; first < walkers; first += 2 * lanes) {
    if (walkers - first > lanes) {
      pairs.emplace_back(problem, first);
    } else {
      singles.emplace_back(problem, first);
    }
  }
  // A copy of the tile with whole register blocks, and rows that do not share cache sets.
  const std::size_t stride = round_up(d, 16) + 16;
  const std::size_t fitting = tile_bytes / (stride * sizeof(Real)) / product_rows * product_rows;
  const std::size_t tile_size =
      std::min(std::clamp(fitting, 4 * product_rows, most_points), round_up(count, product_rows));
  Column<Real> tile = Column<Real>::Zero(static_cast<Index>(stride * tile_size));
  TileTerms terms;
  for (std::size_t first = 0; first < count; first += tile_size) {
    const std::size_t size = std::min(tile_size, count - first);
    const std::size_t points = round_up(size, product_rows);
    terms.take(problem, first, size);
    for (std::size_t j = 0; j < size; ++j) {
      std::copy_n(problem.points.data() + (first + j) * d, d, tile.data() + j * stride);
    }
    for (auto& block : pairs) block.add(tile.data(), stride, points, first, terms);
    for (auto& block : singles) block.add(tile.data(), stride, points, first, terms);
  }
  SoftmaxAverage out = empty_average(d, walkers);
  for (auto& block : pairs) block.finish_into(out);
  for (auto& block : singles) block.finish_into(out);
  return out;
}

/// Few walkers leave lanes empty: the points go into the lanes, and the products become
/// matrix-vector products of a tile that stays in the cache between the two.
template <class Real>
SoftmaxAverage few_walkers(const Problem<Real>& problem) {
  constexpr std::size_t width = Simd<Real>::lanes;
  const std::size_t d = problem.d(), walkers = problem.walkers(), count = problem.count();
  const std::size_t fitting = tile_bytes / (d * sizeof(Real)) / width * width;
  const std::size_t tile_size = std::clamp(fitting, width, most_points);
  const Matrix<Real> states = problem.x.template cast<Real>();
  std::vector<Sums<width>> all_sums(walkers);
  for (std::size_t k = 0; k < walkers; ++k) {
    all_sums[k].beta.fill(problem.beta[static_cast<Index>(k)]);
  }
  SoftmaxAverage out = empty_average(d, walkers);
  Scores<Real, width, true> scores;
  TileTerms terms;
  for (std::size_t first = 0; first < count; first += tile_size) {
    const std::size_t size = std::min(tile_size, count - first);
    const auto tile =
        problem.points.middleCols(static_cast<Index>(first), static_cast<Index>(size));
    terms.take(problem, first, size);
    Eigen::Map<Column<Real>> dots(scores.dots.data(), static_cast<Index>(size));
    for (std::size_t k = 0; k < walkers; ++k) {
      Sums<width>& sums = all_sums[k];
      const auto column = static_cast<Index>(k);
      std::fill(scores.dots.begin() + static_cast<std::ptrdiff_t>(size), scores.dots.end(),
                Real{0});
      dots.noalias() = tile.transpose() * states.col(column);
      const std::size_t rows = round_up(size, width) / width;
      scores.evaluate(rows, terms, sums.beta);
      const auto highest = std::max_element(scores.largest.begin(), scores.largest.end());
      if (*highest > sums.top[0]) {
        const auto lane = static_cast<std::size_t>(highest - scores.largest.begin());
        sums.top[0] = *highest;
        sums.argmax[0] = first + scores.first_row_with(*highest, lane) * width + lane;
      }
      if (*highest > sums.reference[0] + headroom) {
        double scale = 0;
        for (std::size_t lane = 0; lane < width; ++lane) {
          scale = sums.move_reference(lane, *highest);
        }
        out.mean.col(column) *= scale;
      }
      if (*highest < sums.reference[0] - negligible) continue;
      scores.weigh(rows, sums);
      out.mean.col(column) += (tile * dots).template cast<double>();
    }
  }
  for (std::size_t k = 0; k < walkers; ++k) {
    const Sums<width>& sums = all_sums[k];
    const auto total = [](const auto& lanes) {
      double value = 0;
      for (const double each : lanes) value += each;
      return value;
    };
    finish(out, static_cast<Index>(k), sums.reference[0], sums.top[0], total(sums.sum),
           total(sums.squares), total(sums.energy), sums.argmax[0]);
  }
  return out;
}

template <class Real>
SoftmaxAverage average(const Problem<Real>& problem) {
  return 2 * problem.walkers() <= Simd<Real>::lanes ? few_walkers(problem) : many_walkers(problem);
}

}  // namespace

SoftmaxAverage softmax_average(const Eigen::MatrixXf& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta) {
  return average<float>({points, half_norms, log_weights, x, beta});
}

SoftmaxAverage softmax_average(const Eigen::MatrixXd& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta) {
  return average<double>({points, half_norms, log_weights, x, beta});
}

}  // namespace symbreak::kernel
