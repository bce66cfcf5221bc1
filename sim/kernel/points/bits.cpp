#include "sim/kernel/points/bits.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "sim/kernel/points/subset_sums.hpp"

namespace symbreak::kernel {
namespace {

using Eigen::Index;
using namespace bit_lanes;

/// Points of a pass: 30 rows. Transposed they are 16 words of 30 bits for every coordinate.
constexpr std::size_t chunk = BitLine::bits * columns;
/// The tables of weights for so many of these words, of 4 walkers, stay in the L1 cache.
constexpr std::size_t words_at_once = 4;

/// In bits of score (weights are powers of 2): a point so far above the reference moves it; points
/// so far below count as if no further, which keeps squares of weights among the normal numbers.
constexpr double headroom = 3, negligible = 62;

/// The column of coordinate i after the transpose: each 30 have two rows.
constexpr std::size_t transposed_column(std::size_t i) {
  return i / BitLine::bits * 2 * columns + i % BitLine::bits;
}

/// 2^x in every lane for |x| < 126, relative error 9e-8, exact for integers.
[[gnu::always_inline]] inline Vector power_of_two(Vector x) {
  constexpr float shifter = 0x1.8p23f;  // rounds; the low bits hold the integer
  const Vector shifted = x + shifter, r = x - (shifted - shifter);
  Vector p = 0x1.5bba14p-10f - Vector{};
  p = p * r + 0x1.3cea88p-7f;
  p = p * r + 0x1.c6b752p-5f;
  p = p * r + 0x1.ebf9bcp-3f;
  p = p * r + 0x1.62e42ap-1f;
  p = p * r + 1;
  return reinterpret_cast<Vector>(reinterpret_cast<Bits>(p) +
                                  (reinterpret_cast<Bits>(shifted) << 23));
}

struct Moments {
  Vector sum{}, squares{}, energy{};
};

/// One walker, and its sums over the points seen so far with weights 2^{unit (s - reference)} of
/// their subset sums s.
struct Walker {
  double scale = 0, offset = 0;  ///< the score in bits is scale s + offset
  float unit = 0;                ///< the scale, but no more than matters for weights
  std::int32_t reference = 0, top = 0;
  std::size_t argmax = 0;
  double sum = 0, squares = 0, energy = 0;

  double above_reference(std::int32_t s) const {
    return static_cast<double>(unit) * (static_cast<double>(s) - reference);
  }
  /// Returns the factor by which sums of weights change.
  double move_reference(std::int32_t to) {
    const double shift = -above_reference(to), factor = sum > 0 ? std::exp2(shift) : 0;
    energy = factor * (energy + shift * sum);
    sum *= factor;
    squares *= factor * factor;
    reference = to;
    return factor;
  }
  /// Of the weights of `size` points, which replace their subset sums if they are to be kept.
  Moments weigh(std::int32_t* sums, std::size_t size, bool keep) const {
    constexpr double limit = std::numeric_limits<std::int32_t>::min();
    const Ints lowest = static_cast<std::int32_t>(std::max(limit, -negligible / unit)) - Ints{};
    Moments moments;
    for (std::size_t j = 0; j < size; j += lanes) {
      const Ints above = larger(load<Ints>(sums + j) - reference, lowest);
      const Vector score = __builtin_convertvector(above, Vector) * unit;
      Vector weight = power_of_two(score);
      if (j + lanes > size) {
        weight = lane_numbers() < static_cast<std::int32_t>(size - j) ? weight : Vector{};
      }
      moments.sum += weight;
      moments.squares += weight * weight;
      moments.energy += weight * score;
      if (keep) store(weight, sums + j);
    }
    return moments;
  }
  /// Returns the sum of the weights.
  double add(const Moments& moments) {
    const double more = fold(moments.sum, plus);
    sum += more;
    squares += fold(moments.squares, plus);
    energy += fold(moments.energy, plus);
    return more;
  }
};

std::int32_t largest_of(const std::int32_t* sums, std::size_t size) {
  Ints most = load<Ints>(sums);
  for (std::size_t j = lanes; j < size; j += lanes) most = larger(most, load<Ints>(sums + j));
  return fold(most, larger);
}

/// The first j with sums[j] = value.
std::size_t position(const std::int32_t* sums, std::size_t size, std::int32_t value) {
  const Ints none = std::numeric_limits<std::int32_t>::max() - Ints{};
  Ints first = none, here = lane_numbers();
  for (std::size_t j = 0; j < size; j += lanes, here += static_cast<std::int32_t>(lanes)) {
    first = smaller(first, load<Ints>(sums + j) == value ? here : none);
  }
  return static_cast<std::size_t>(fold(first, smaller));
}

/// Weights times `scale` as integers in their place, then zeros. Returns their sum.
std::int32_t fix(std::int32_t* weights, std::size_t size, float scale) {
  Ints sum{};
  for (std::size_t j = 0; j < chunk; j += lanes) {
    const Vector scaled = j < size ? load<Vector>(weights + j) * scale + 0.5f : Vector{};
    const Ints fixed = __builtin_convertvector(scaled, Ints);
    store(fixed, weights + j);
    sum += fixed;
  }
  return fold(sum, plus);
}

class Average {
 public:
  Average(const BitPoints& points, const Eigen::Ref<const Eigen::MatrixXd>& x,
          const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean)
      : points_(points),
        d_(static_cast<std::size_t>(points.dimension())),
        fields_(quotient_up(d_, field)),
        mean_rows_(with_mean ? transposed_column(d_ - 1) / columns + 1 : 0),
        width_(mean_rows_ * columns),
        walkers_(static_cast<std::size_t>(x.cols())),
        tables_(walkers_.size() * fields_),
        means_(walkers_.size() * width_),
        mean_sums_(4 * width_),
        transposed_(width_) {
    for (std::size_t k = 0; k < walkers_.size(); ++k) {
      const auto column = static_cast<Index>(k);
      start(k, std::numbers::log2e * beta[column] * x.col(column));
    }
  }

  void run() {
    const auto count = static_cast<std::size_t>(points_.count());
    for (first_ = 0; first_ < count; first_ += chunk) {
      size_ = std::min(chunk, count - first_);
      rows_ = quotient_up(size_, columns);
      is_transposed_ = false;
      std::size_t k = 0;
      for (; k + 4 <= walkers_.size(); k += 4) advance<4>(k);
      for (; k < walkers_.size(); ++k) advance<1>(k);
    }
  }

  SoftmaxAverage finish() const {
    const auto count = static_cast<Index>(walkers_.size());
    SoftmaxAverage out;
    out.mean.resize(width_ > 0 ? points_.dimension() : 0, count);
    for (auto* each : {&out.log_sum, &out.sum_squares, &out.largest, &out.entropy}) {
      each->resize(count);
    }
    out.argmax.resize(count);
    for (Index k = 0; k < count; ++k) {
      const Walker& w = walkers_[static_cast<std::size_t>(k)];
      constexpr double log_2 = std::numbers::ln2;
      out.log_sum[k] = log_2 * (w.scale * w.reference + w.offset) + std::log(w.sum);
      out.sum_squares[k] = w.squares / (w.sum * w.sum);
      out.largest[k] = std::exp2(w.above_reference(w.top)) / w.sum;
      out.entropy[k] = std::log(w.sum) - log_2 * w.energy / w.sum;
      out.argmax[k] = static_cast<Index>(w.argmax);
      const double* const mean = means_.data() + static_cast<std::size_t>(k) * width_;
      for (Index i = 0; i < out.mean.rows(); ++i) {
        out.mean(i, k) = mean[transposed_column(static_cast<std::size_t>(i))] / w.sum;
      }
    }
    return out;
  }

 private:
  /// The tables of walker k. Coordinate i adds slope_i y_i to its score in bits.
  void start(std::size_t k, const Eigen::VectorXd& slope) {
    Walker& walker = walkers_[k];
    const double spread = slope.cwiseAbs().sum();
    if (!std::isfinite(spread)) {
      walker.sum = std::numeric_limits<double>::quiet_NaN();  // and so is every result
      return;
    }
    // Subset sums and their differences stay below 2^31 in spite of the rounding.
    const int exponent = std::min(std::ilogb((0x1p31 - static_cast<double>(d_)) / spread), 126);
    const Eigen::VectorXd rounded = (std::ldexp(1, exponent) * slope).array().rint();
    walker.scale = std::ldexp(2, -exponent);
    walker.offset = -walker.scale / 2 * rounded.sum();
    // With larger steps all but the largest sums are negligible anyhow.
    walker.unit = static_cast<float>(std::min(walker.scale, negligible / 2));
    std::vector<std::int32_t> numbers(fields_ * field);
    std::transform(rounded.begin(), rounded.end(), numbers.begin(),
                   [](double each) { return static_cast<std::int32_t>(each); });
    for (std::size_t f = 0; f < fields_; ++f) {
      tables_[k * fields_ + f].fill(&numbers[f * field], 1);
    }
  }

  /// The points at hand for walkers k, k + 1, .., k + W - 1.
  template <std::size_t W>
  void advance(std::size_t k) {
    alignas(64) std::array<std::int32_t, W * chunk> sums;
    FieldSums{.lines = points_.row(first_ / columns),
              .line_stride = points_.lines_per_row(),
              .fields = fields_,
              .fields_per_line = fields_of_word,
              .tables = &tables_[k * fields_],
              .table_stride = fields_,
              .sums = sums.data(),
              .sum_stride = chunk,
              .fresh = true}
        .add<W>(rows_);
    // Each step for all walkers before the next: they wait for no branch of each other.
    std::array<std::int32_t, W> largest;
    for (std::size_t w = 0; w < W; ++w) {
      std::int32_t* const mine = &sums[w * chunk];
      std::fill(mine + size_, mine + rows_ * columns, mine[0]);  // no larger than those that count
      largest[w] = largest_of(mine, size_);
    }
    bool any = false;
    for (std::size_t w = 0; w < W; ++w) any |= adjust(k + w, &sums[w * chunk], largest[w]);
    if (!any) return;
    std::array<Moments, W> moments;
    for (std::size_t w = 0; w < W; ++w) {
      moments[w] = walkers_[k + w].weigh(&sums[w * chunk], size_, width_ > 0);
    }
    std::array<double, W> weights;
    for (std::size_t w = 0; w < W; ++w) weights[w] = walkers_[k + w].add(moments[w]);
    if (width_ > 0) add_means<W>(k, sums.data(), weights);
  }

  /// Takes note of the largest of the sums. Returns whether it counts.
  bool adjust(std::size_t k, const std::int32_t* sums, std::int32_t largest) {
    Walker& walker = walkers_[k];
    const bool begins = first_ == 0;
    if (begins || largest > walker.top) {
      walker.top = largest;
      walker.argmax = first_ + position(sums, size_, largest);
    }
    const double above = walker.above_reference(largest);
    if (begins || above > headroom) {
      const double factor = walker.move_reference(largest);
      for (std::size_t i = 0; i < width_; ++i) means_[k * width_ + i] *= factor;
    }
    return begins || above > -negligible;
  }

  template <std::size_t W>
  void add_means(std::size_t k, std::int32_t* weights, const std::array<double, W>& sum) {
    if (!is_transposed_) transpose();
    std::array<double, W> total;
    for (std::size_t w = 0; w < W; ++w) {
      total[w] = fix(weights + w * chunk, size_, static_cast<float>(0x1p30 / sum[w]));
    }
    const std::size_t per_word = quotient_up(rows_, field), fields = words_at_once * per_word;
    for (std::size_t word = 0; word < columns; word += words_at_once) {
      std::array<Table, W * words_at_once * fields_of_word> tables;
      for (std::size_t w = 0; w < W; ++w) {
        Table* table = &tables[w * fields];
        for (std::size_t c = word; c < word + words_at_once; ++c) {
          for (std::size_t f = 0; f < per_word; ++f, ++table) {
            table->fill(weights + w * chunk + f * field * columns + c, columns);
          }
        }
      }
      FieldSums{.lines = &transposed_[word],
                .line_stride = columns,
                .fields = fields,
                .fields_per_line = per_word,
                .tables = tables.data(),
                .table_stride = fields,
                .sums = mean_sums_.data(),
                .sum_stride = width_,
                .fresh = word == 0}
          .add<W>(mean_rows_);
    }
    for (std::size_t w = 0; w < W; ++w) {
      const double unit = sum[w] * 0x1p-30;
      for (std::size_t i = 0; i < width_; ++i) {
        means_[(k + w) * width_ + i] += unit * (2.0 * mean_sums_[w * width_ + i] - total[w]);
      }
    }
  }

  /// The points at hand with coordinates in the columns: lines[coordinate / 16][column c], bit r of
  /// a word for point 16 r + c.
  void transpose() {
    for (std::size_t word = 0; word < points_.lines_per_row(); ++word) {
      for (std::size_t c = 0; c < columns; c += lanes) {
        std::array<Bits, 32> v{};
        for (std::size_t r = 0; r < rows_; ++r) {
          v[r] = load<Bits>(&points_.row(first_ / columns + r)[word].words[c]);
        }
        transpose_bits(v);
        const auto bits = std::bit_cast<std::array<std::array<std::uint32_t, lanes>, 32>>(v);
        for (std::size_t row = 2 * word; row < std::min(2 * word + 2, mean_rows_); ++row) {
          for (std::size_t lane = 0; lane < lanes; ++lane) {
            BitLine& line = transposed_[row * columns + c + lane];
            for (std::size_t i = 0; i < columns; ++i) {
              line.words[i] = bits[row % 2 * columns + i][lane];
            }
          }
        }
      }
    }
    is_transposed_ = true;
  }

  const BitPoints& points_;
  std::size_t d_, fields_, mean_rows_, width_;
  std::vector<Walker> walkers_;
  std::vector<Table> tables_;
  std::vector<double> means_;
  std::vector<std::int32_t> mean_sums_;
  std::vector<BitLine> transposed_;
  std::size_t first_ = 0, size_ = 0, rows_ = 0;  ///< of the points at hand
  bool is_transposed_ = false;
};

}  // namespace

SoftmaxAverage softmax_average(const BitPoints& points, const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean) {
  Average average(points, x, beta, with_mean);
  average.run();
  return average.finish();
}

}  // namespace symbreak::kernel
