#include "sim/kernel/bits.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sim/kernel/elementary_inline.hpp"
#include "sim/kernel/simd.hpp"

namespace symbreak::kernel {
namespace {

using Eigen::Index;
using Vector = Simd<float>::Vector;
using Wide = Simd<float>::Wide;
using Narrow = Simd<float>::Narrow;
constexpr std::size_t lanes = Simd<float>::lanes, block = BitPoints::block;
using Indices [[gnu::vector_size(Simd<float>::bytes)]] = std::int32_t;
using Bytes [[gnu::vector_size(lanes)]] = std::uint8_t;

/// A score this far above the reference moves the reference; one this far below it weighs nothing.
constexpr double headroom = 2, negligible = 64;

/// 16 floats, looked up by the low 4 bits of each lane of an index.
struct Table {
#if defined(__AVX512F__)
  Vector all;
  explicit Table(const float* entries) : all(load<Vector>(entries)) {}
  Vector operator[](Indices index) const { return __builtin_shuffle(all, index); }
#else
  Vector low, high;
  explicit Table(const float* entries)
      : low(load<Vector>(entries)), high(load<Vector>(entries + lanes)) {}
  Vector operator[](Indices index) const {
    const Indices upper = (index & 8) != 0;
    return upper ? __builtin_shuffle(high, index) : __builtin_shuffle(low, index);
  }
#endif
};

/// One byte per lane. GCC 12 turns the conversion of vector extensions into scalar code.
Indices load_indices(const std::uint8_t* from) {
#if defined(__AVX512F__)
  __m128i bytes;
  __builtin_memcpy(&bytes, from, sizeof bytes);
  return reinterpret_cast<Indices>(_mm512_cvtepu8_epi32(bytes));
#elif defined(__AVX2__)
  return reinterpret_cast<Indices>(
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
#else
  return __builtin_convertvector(load<Bytes>(from), Indices);
#endif
}

/// One walker: its tables, and its sums over the points seen so far with weights
/// e^{beta (dot - reference)}.
struct Walker {
  float beta = 0, reference = -1e30f, top = -std::numeric_limits<float>::infinity();
  std::size_t argmax = 0;
  alignas(64) std::array<double, lanes> sum{}, squares{}, energy{};

  double move_reference(float to) {
    // At the first move nothing has been added.
    const double shift = static_cast<double>(beta) * (static_cast<double>(reference) - to);
    const double scale = std::exp(shift);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      energy[lane] = scale == 0 ? 0 : scale * (energy[lane] + shift * sum[lane]);
      sum[lane] *= scale;
      squares[lane] *= scale * scale;
    }
    reference = to;
    return scale;
  }
};

/// dots[w][j] = x_w.y_j of the points of a block, for W walkers that follow each other in `tables`
/// (2 tables of 16 floats per byte of a point).
template <std::size_t W>
void block_dots(const std::uint8_t* bytes, std::size_t bytes_per_point, const float* tables,
                float* dots) {
  constexpr std::size_t rows = 4, group = rows * lanes;
  const std::size_t stride = bytes_per_point * 32;
  for (std::size_t first = 0; first < block; first += group) {
    Vector sum[W][rows] = {};
    for (std::size_t byte = 0; byte < bytes_per_point; ++byte) {
      Indices low[rows], high[rows];
#pragma GCC unroll 4
      for (std::size_t r = 0; r < rows; ++r) {
        low[r] = load_indices(bytes + byte * block + first + r * lanes);
        high[r] = low[r] >> 4;
      }
#pragma GCC unroll 4
      for (std::size_t w = 0; w < W; ++w) {
        const float* const at = tables + w * stride + byte * 32;
        const Table one(at), two(at + 16);
#pragma GCC unroll 4
        for (std::size_t r = 0; r < rows; ++r) sum[w][r] += one[low[r]];
#pragma GCC unroll 4
        for (std::size_t r = 0; r < rows; ++r) sum[w][r] += two[high[r]];
      }
    }
    for (std::size_t w = 0; w < W; ++w) {
      for (std::size_t r = 0; r < rows; ++r) {
        store(sum[w][r], dots + w * block + first + r * lanes);
      }
    }
  }
}

/// The bits of a block with the coordinates in the lanes: columns[8 points][coordinate] = one byte
/// with a bit per point. `width`: coordinates rounded up.
void transpose(const std::uint8_t* bytes, std::size_t bytes_per_point, std::size_t width,
               std::uint8_t* columns) {
  for (std::size_t byte = 0; byte < bytes_per_point; ++byte) {
    for (std::size_t octet = 0; octet < block / 8; ++octet) {
      // 8 x 8 bits in one word: three swaps of ever larger squares (Warren, Hacker's Delight, 7-3).
      std::uint64_t bits;
      __builtin_memcpy(&bits, bytes + byte * block + octet * 8, sizeof bits);
      std::uint64_t swap = (bits ^ bits >> 7) & 0x00AA00AA00AA00AAu;
      bits ^= swap ^ swap << 7;
      swap = (bits ^ bits >> 14) & 0x0000CCCC0000CCCCu;
      bits ^= swap ^ swap << 14;
      swap = (bits ^ bits >> 28) & 0x00000000F0F0F0F0u;
      bits ^= swap ^ swap << 28;
      __builtin_memcpy(columns + octet * width + byte * 8, &bits, sizeof bits);
    }
  }
}

/// of[bit][code]: the sign that a code of 4 bits gives to its bit.
struct Signs {
  alignas(64) std::array<std::array<float, 16>, 4> of;
  Signs() {
    for (std::size_t bit = 0; bit < 4; ++bit) {
      for (std::size_t code = 0; code < 16; ++code) of[bit][code] = (code >> bit & 1) != 0 ? 1 : -1;
    }
  }
};

/// of[byte]: its 8 coordinates.
struct SignsOfByte {
  std::array<std::array<double, 8>, 256> of;
  SignsOfByte() {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      for (std::size_t bit = 0; bit < 8; ++bit) of[byte][bit] = (byte >> bit & 1) != 0 ? 1 : -1;
    }
  }
};

/// means[w][i] += sum_j weights[w][j] y_ji over a block, for W walkers.
template <std::size_t W>
void block_means(const std::uint8_t* columns, std::size_t width, const float* weights,
                 double* means) {
  // tables[w][quad]: sums of +-weights of 4 points, indexed by their signs.
  constexpr std::size_t quads = block / 4;
  alignas(64) float tables[W * quads * 16];
  static const Signs signs;
  for (std::size_t at = 0; at < W * quads; ++at) {
    const float* const w = weights + at * 4;
    for (std::size_t first = 0; first < 16; first += lanes) {
      Vector sum = w[0] * load<Vector>(&signs.of[0][first]);
#pragma GCC unroll 3
      for (std::size_t bit = 1; bit < 4; ++bit) {
        sum += w[bit] * load<Vector>(&signs.of[bit][first]);
      }
      store(sum, tables + at * 16 + first);
    }
  }
  for (std::size_t first = 0; first < width; first += lanes) {
    Vector sum[W] = {};
#pragma GCC unroll 8
    for (std::size_t octet = 0; octet < block / 8; ++octet) {
      const Indices low = load_indices(columns + octet * width + first), high = low >> 4;
#pragma GCC unroll 4
      for (std::size_t w = 0; w < W; ++w) {
        const float* const at = tables + (w * quads + 2 * octet) * 16;
        sum[w] += Table(at)[low];
        sum[w] += Table(at + 16)[high];
      }
    }
    for (std::size_t w = 0; w < W; ++w) {
      alignas(64) std::array<float, lanes> values;
      store(sum[w], values.data());
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        means[w * width + first + lane] += static_cast<double>(values[lane]);
      }
    }
  }
}

/// Replaces the dots of a block by the weights and adds them up. Returns false when none counts.
bool weigh(Walker& walker, float* dots, std::size_t first, std::size_t size, double* mean,
           std::size_t width) {
  for (std::size_t j = size; j < block; ++j) dots[j] = -std::numeric_limits<float>::infinity();
  Vector most = load<Vector>(dots);
  for (std::size_t j = lanes; j < block; j += lanes) {
    const Vector next = load<Vector>(dots + j);
    most = next > most ? next : most;
  }
  alignas(64) std::array<float, lanes> highest;
  store(most, highest.data());
  const float largest = *std::max_element(highest.begin(), highest.end());
  if (largest > walker.top) {
    walker.top = largest;
    walker.argmax = first + static_cast<std::size_t>(std::find(dots, dots + block, largest) - dots);
  }
  const double above = static_cast<double>(walker.beta) * (largest - walker.reference);
  if (above > headroom) {
    const double scale = walker.move_reference(largest);
    for (std::size_t i = 0; mean != nullptr && i < width; ++i) mean[i] *= scale;
  } else if (above < -negligible) {
    return false;
  }
  alignas(64) std::array<float, block> score;
  for (std::size_t j = 0; j < block; ++j) {
    const float s = walker.beta * (dots[j] - walker.reference);
    score[j] = s > -1000 ? s : -1000;  // weight 0, and keeps 0 * infinity out of the energy
  }
  for (std::size_t j = 0; j < block; ++j) dots[j] = inline_elementary::exp(score[j]);
  Vector sum{}, squares{}, energy{};
  for (std::size_t j = 0; j < block; j += lanes) {
    const Vector w = load<Vector>(dots + j);
    sum += w;
    squares += w * w;
    energy += w * load<Vector>(&score[j]);
  }
  const auto flush = [](Vector from, std::array<double, lanes>& into) {
    alignas(64) std::array<float, lanes> values;
    store(from, values.data());
    for (std::size_t lane = 0; lane < lanes; ++lane) into[lane] += values[lane];
  };
  flush(sum, walker.sum);
  flush(squares, walker.squares);
  flush(energy, walker.energy);
  return true;
}

/// tables[2 byte + half][code]: the sum of +-x over 4 coordinates with the signs of `code`.
void fill_tables(const Eigen::Ref<const Eigen::VectorXd>& x, std::size_t bytes_per_point,
                 float* tables) {
  for (std::size_t nibble = 0; nibble < 2 * bytes_per_point; ++nibble) {
    for (std::size_t code = 0; code < 16; ++code) {
      double sum = 0;
      for (std::size_t bit = 0; bit < 4; ++bit) {
        const auto i = static_cast<Index>(4 * nibble + bit);
        if (i < x.size()) sum += (code >> bit & 1) != 0 ? x[i] : -x[i];
      }
      tables[16 * nibble + code] = static_cast<float>(sum);
    }
  }
}

class Sums {
 public:
  Sums(const BitPoints& points, const Eigen::Ref<const Eigen::MatrixXd>& x,
       const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean)
      : points_(points),
        bytes_(static_cast<std::size_t>(points.bytes_per_point())),
        width_((bytes_ * 8 + lanes - 1) / lanes * lanes),
        walkers_(static_cast<std::size_t>(x.cols())),
        tables_(walkers_.size() * bytes_ * 32),
        means_(with_mean ? walkers_.size() * width_ : 0),
        columns_(with_mean ? block / 8 * width_ : 0) {
    for (std::size_t k = 0; k < walkers_.size(); ++k) {
      walkers_[k].beta = static_cast<float>(beta[static_cast<Index>(k)]);
      fill_tables(x.col(static_cast<Index>(k)), bytes_, &tables_[k * bytes_ * 32]);
    }
  }

  void run() {
    for (Index which = 0; which < points_.blocks(); ++which) {
      const std::uint8_t* const bytes = points_.bytes_of(which);
      transposed_ = false;
      std::size_t k = 0;
      for (; k + 4 <= walkers_.size(); k += 4) advance<4>(bytes, which, k);
      for (; k < walkers_.size(); ++k) advance<1>(bytes, which, k);
    }
  }

  SoftmaxAverage finish() const {
    const auto count = static_cast<Index>(walkers_.size());
    SoftmaxAverage out;
    out.mean.resize(means_.empty() ? 0 : points_.dimension(), count);
    for (auto* each : {&out.log_sum, &out.sum_squares, &out.largest, &out.entropy}) {
      each->resize(count);
    }
    out.argmax.resize(count);
    for (std::size_t k = 0; k < walkers_.size(); ++k) {
      const Walker& w = walkers_[k];
      const auto column = static_cast<Index>(k);
      const auto total = [](const auto& values) {
        double sum = 0;
        for (const double each : values) sum += each;
        return sum;
      };
      const double sum = total(w.sum), beta = static_cast<double>(w.beta);
      out.log_sum[column] = beta * static_cast<double>(w.reference) + std::log(sum);
      out.sum_squares[column] = total(w.squares) / (sum * sum);
      out.largest[column] = std::exp(beta * (w.top - w.reference)) / sum;
      out.entropy[column] = std::log(sum) - total(w.energy) / sum;
      out.argmax[column] = static_cast<Index>(w.argmax);
      if (means_.empty()) continue;
      for (Index i = 0; i < points_.dimension(); ++i) {
        out.mean(i, column) = means_[k * width_ + static_cast<std::size_t>(i)] / sum;
      }
    }
    return out;
  }

 private:
  template <std::size_t W>
  void advance(const std::uint8_t* bytes, Index which, std::size_t k) {
    alignas(64) std::array<float, W * block> dots;
    block_dots<W>(bytes, bytes_, &tables_[k * bytes_ * 32], dots.data());
    const std::size_t first = static_cast<std::size_t>(which) * block;
    const std::size_t size = std::min(block, static_cast<std::size_t>(points_.count()) - first);
    bool any = false;
    for (std::size_t w = 0; w < W; ++w) {
      float* const mine = dots.data() + w * block;
      double* const mean = means_.empty() ? nullptr : &means_[(k + w) * width_];
      const bool counts = weigh(walkers_[k + w], mine, first, size, mean, width_);
      if (!counts) std::fill_n(mine, block, 0.0f);
      any = any || counts;
    }
    if (!any || means_.empty()) return;
    if (!transposed_) transpose(bytes, bytes_, width_, columns_.data());
    transposed_ = true;
    block_means<W>(columns_.data(), width_, dots.data(), &means_[k * width_]);
  }

  const BitPoints& points_;
  std::size_t bytes_, width_;
  std::vector<Walker> walkers_;
  std::vector<float> tables_;
  std::vector<double> means_;
  std::vector<std::uint8_t> columns_;
  bool transposed_ = false;
};

}  // namespace

BitPoints::BitPoints(Index dimension, Index count)
    : dimension_(dimension),
      count_(count),
      bytes_(static_cast<std::size_t>(blocks() * bytes_per_point() * block), 0) {}

void BitPoints::set(Index j, const Eigen::Ref<const Eigen::VectorXd>& y) {
  std::uint8_t* const bytes = bytes_.data() + (j / block) * bytes_per_point() * block + j % block;
  for (Index first = 0; first < dimension_; first += 8) {
    unsigned byte = 0;
    for (Index bit = 0; bit < std::min<Index>(8, dimension_ - first); ++bit) {
      byte |= static_cast<unsigned>(y[first + bit] > 0) << bit;
    }
    bytes[first / 8 * block] = static_cast<std::uint8_t>(byte);
  }
}

void BitPoints::set(Index j, std::span<const std::uint64_t> words) {
  std::uint8_t* const bytes = bytes_.data() + (j / block) * bytes_per_point() * block + j % block;
  for (Index byte = 0; byte < bytes_per_point(); ++byte) {
    unsigned value = words[static_cast<std::size_t>(byte / 8)] >> 8 * (byte % 8) & 0xff;
    const Index rest = dimension_ - 8 * byte;
    if (rest < 8) value &= (1u << rest) - 1;
    bytes[byte * block] = static_cast<std::uint8_t>(value);
  }
}

void BitPoints::read(Index first, Eigen::Ref<Eigen::MatrixXd> y) const {
  static const SignsOfByte signs;
  for (Index k = 0; k < y.cols(); ++k) {
    const Index j = first + k;
    const std::uint8_t* const bytes = bytes_of(j / block) + j % block;
    for (Index i = 0; i < dimension_; i += 8) {
      std::copy_n(signs.of[bytes[i / 8 * block]].begin(), std::min<Index>(8, dimension_ - i),
                  &y(i, k));
    }
  }
}

Index BitPoints::copies(Index j) const {
  const std::uint8_t* const mine = bytes_of(j / block) + j % block;
  Index found = 0;
  for (Index which = 0; which < blocks(); ++which) {
    const std::uint8_t* const bytes = bytes_of(which);
    std::array<std::uint8_t, block> differs{};
    for (Index byte = 0; byte < bytes_per_point(); ++byte) {
      for (std::size_t lane = 0; lane < block; ++lane) {
        differs[lane] |= bytes[byte * block + static_cast<Index>(lane)] ^ mine[byte * block];
      }
      // After a few bytes hardly any block has candidates left.
      if (byte % 4 == 3 && std::count(differs.begin(), differs.end(), 0) == 0) break;
    }
    const Index size = std::min<Index>(block, count_ - which * block);
    found += std::count(differs.begin(), differs.begin() + size, 0);
  }
  return found;
}

SoftmaxAverage softmax_average(const BitPoints& points, const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta, bool with_mean) {
  Sums sums(points, x, beta, with_mean);
  sums.run();
  return sums.finish();
}

}  // namespace symbreak::kernel
