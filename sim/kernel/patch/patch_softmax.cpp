#include "sim/kernel/patch/patch_softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/kernel/patch/patch_lanes.hpp"

namespace symbreak::kernel {

namespace {

using Eigen::Index;
using lanes::Vector;

/// A register block: patches x (vectors of queries). One broadcast of a patch coordinate feeds
/// `vectors` fused multiply-adds.
constexpr std::size_t patches_per_tile = 6;
#if defined(__AVX512F__)
constexpr std::size_t vectors = 4;
#else
constexpr std::size_t vectors = 2;
#endif
template <class Real>
constexpr std::size_t width = vectors* Simd<Real>::lanes;

/// Tiles between two flushes of the running sums to double.
constexpr Index tiles_per_flush = 128;
constexpr double no_weight = -1e30;

/// Running sums of one block of queries, with weights e^{score - reference}.
template <class Real>
struct Sums {
  Vector<Real> reference[vectors] = {}, weight[vectors] = {}, centre[vectors] = {},
               square[vectors] = {};
  alignas(64) double total_weight[width<Real>] = {}, total_centre[width<Real>] = {},
                     total_square[width<Real>] = {};

  void flush() {
    const auto move = [](Vector<Real>* from, double* to) {
      for (std::size_t v = 0; v < vectors; ++v) {
        for (std::size_t i = 0; i < Simd<Real>::lanes; ++i) {
          to[v * Simd<Real>::lanes + i] += static_cast<double>(from[v][i]);
        }
        from[v] = Vector<Real>{};
      }
    };
    move(weight, total_weight);
    move(centre, total_centre);
    move(square, total_square);
  }

  /// Raises the reference of group v by `by` >= 0.
  void raise(std::size_t v, Vector<Real> by) {
    const Vector<Real> factor = lanes::power(-by);
    weight[v] *= factor;
    centre[v] *= factor;
    square[v] *= factor;
    for (std::size_t i = 0; i < Simd<Real>::lanes; ++i) {
      const std::size_t lane = v * Simd<Real>::lanes + i;
      const double scale = static_cast<double>(factor[i]);
      total_weight[lane] *= scale;
      total_centre[lane] *= scale;
      total_square[lane] *= scale;
    }
    reference[v] += by;
  }
};

template <class Real>
struct Tiles {
  const Real* values;  ///< tile by tile: d x patches_per_tile
  const Real* bias;    ///< per patch, in units of the exponent
  Index count, dimension, centre;
};

/// Scores of one tile against the block of queries, relative to the reference. `fixed`: the
/// dimension when it is known at compile time, else 0.
template <class Real, int fixed>
[[gnu::always_inline]] inline void scores(const Real* values, const Real* bias, Index dimension,
                                          const Real* queries, const Vector<Real>* reference,
                                          Vector<Real> (&score)[patches_per_tile][vectors]) {
#pragma GCC unroll 6
  for (std::size_t k = 0; k < patches_per_tile; ++k) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) score[k][v] = bias[k] - reference[v];
  }
  const Index d = fixed > 0 ? fixed : dimension;
#pragma GCC unroll 7
  for (Index j = 0; j < d; ++j) {
    Vector<Real> x[vectors];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) {
      x[v] = load<Vector<Real>>(queries + static_cast<std::size_t>(j) * width<Real> +
                                v * Simd<Real>::lanes);
    }
#pragma GCC unroll 6
    for (std::size_t k = 0; k < patches_per_tile; ++k) {
      const Real y = values[static_cast<std::size_t>(j) * patches_per_tile + k];
#pragma GCC unroll 4
      for (std::size_t v = 0; v < vectors; ++v) score[k][v] += y * x[v];
    }
  }
}

template <class Real, int fixed, bool squares>
[[gnu::noinline]] void walk(const Tiles<Real>& tiles, const Real* queries, Sums<Real>& sums) {
  const auto tile_size = static_cast<std::size_t>(tiles.dimension) * patches_per_tile;
  const auto centre_row = static_cast<std::size_t>(tiles.centre) * patches_per_tile;
  Vector<Real> score[patches_per_tile][vectors];
  for (Index first = 0; first < tiles.count; first += tiles_per_flush) {
    const Index last = std::min(first + tiles_per_flush, tiles.count);
    for (Index tile = first; tile < last; ++tile) {
      const Real* const values = tiles.values + static_cast<std::size_t>(tile) * tile_size;
      scores<Real, fixed>(values, tiles.bias + static_cast<std::size_t>(tile) * patches_per_tile,
                          tiles.dimension, queries, sums.reference, score);
#pragma GCC unroll 4
      for (std::size_t v = 0; v < vectors; ++v) {
        Vector<Real> largest = score[0][v];
#pragma GCC unroll 6
        for (std::size_t k = 1; k < patches_per_tile; ++k) {
          largest = lanes::larger(largest, score[k][v]);
        }
        if (__builtin_expect(tile == 0 || lanes::any_positive(largest), 0)) {
          const Vector<Real> above = largest + lanes::headroom<Real>;
          // The first tile sets the reference, whatever its sign; later ones only raise it.
          const Vector<Real> by = tile == 0 ? above : (largest > 0 ? above : Vector<Real>{});
          if (tile == 0) {
            sums.reference[v] = by;
          } else {
            sums.raise(v, by);
          }
          for (std::size_t k = 0; k < patches_per_tile; ++k) score[k][v] -= by;
        }
        Vector<Real> weight = sums.weight[v], centre = sums.centre[v], square = sums.square[v];
#pragma GCC unroll 6
        for (std::size_t k = 0; k < patches_per_tile; ++k) {
          const Vector<Real> w = lanes::power(score[k][v]);
          const Real phi = values[centre_row + k];
          weight += w;
          centre += phi * w;
          if constexpr (squares) square += (phi * phi) * w;
        }
        sums.weight[v] = weight;
        sums.centre[v] = centre;
        if constexpr (squares) sums.square[v] = square;
      }
    }
    sums.flush();
  }
}

template <class Real, bool squares>
void walk(const Tiles<Real>& tiles, const Real* queries, Sums<Real>& sums) {
  switch (tiles.dimension) {  // 3 x 3, 5 x 5, 7 x 7 windows of one channel
    case 9:
      return walk<Real, 9, squares>(tiles, queries, sums);
    case 25:
      return walk<Real, 25, squares>(tiles, queries, sums);
    case 49:
      return walk<Real, 49, squares>(tiles, queries, sums);
    default:
      return walk<Real, 0, squares>(tiles, queries, sums);
  }
}

/// plain += sum_k w_k phi_k and with_centre += sum_k w_k phi_k[centre] phi_k (d x width each), with
/// the references that `walk` left in `sums`.
template <class Real>
void walk_products(const Tiles<Real>& tiles, const Real* queries, const Sums<Real>& sums,
                   double* plain, double* with_centre) {
  const auto d = static_cast<std::size_t>(tiles.dimension);
  const std::size_t tile_size = d * patches_per_tile;
  const auto centre_row = static_cast<std::size_t>(tiles.centre) * patches_per_tile;
  std::vector<Vector<Real>> running(2 * d * vectors);
  Vector<Real> score[patches_per_tile][vectors], weighted[patches_per_tile][vectors];
  for (Index first = 0; first < tiles.count; first += tiles_per_flush) {
    const Index last = std::min(first + tiles_per_flush, tiles.count);
    std::fill(running.begin(), running.end(), Vector<Real>{});
    for (Index tile = first; tile < last; ++tile) {
      const Real* const values = tiles.values + static_cast<std::size_t>(tile) * tile_size;
      scores<Real, 0>(values, tiles.bias + static_cast<std::size_t>(tile) * patches_per_tile,
                      tiles.dimension, queries, sums.reference, score);
      for (std::size_t k = 0; k < patches_per_tile; ++k) {
        for (std::size_t v = 0; v < vectors; ++v) {
          score[k][v] = lanes::power(score[k][v]);
          weighted[k][v] = values[centre_row + k] * score[k][v];
        }
      }
      for (std::size_t j = 0; j < d; ++j) {
        for (std::size_t v = 0; v < vectors; ++v) {
          Vector<Real> one = running[(2 * j) * vectors + v],
                       two = running[(2 * j + 1) * vectors + v];
          for (std::size_t k = 0; k < patches_per_tile; ++k) {
            const Real phi = values[j * patches_per_tile + k];
            one += phi * score[k][v];
            two += phi * weighted[k][v];
          }
          running[(2 * j) * vectors + v] = one;
          running[(2 * j + 1) * vectors + v] = two;
        }
      }
    }
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t v = 0; v < vectors; ++v) {
        for (std::size_t i = 0; i < Simd<Real>::lanes; ++i) {
          const std::size_t to = j * width<Real> + v * Simd<Real>::lanes + i;
          plain[to] += static_cast<double>(running[(2 * j) * vectors + v][i]);
          with_centre[to] += static_cast<double>(running[(2 * j + 1) * vectors + v][i]);
        }
      }
    }
  }
}

/// The queries of one register block, coordinate by coordinate in contiguous aligned rows.
template <class Real>
class Block {
 public:
  explicit Block(Index dimension)
      : dimension_(dimension), storage_(static_cast<std::size_t>(dimension) * lanes_ + 64) {}
  static Index width() { return static_cast<Index>(lanes_); }
  Real* values() {
    return reinterpret_cast<Real*>((reinterpret_cast<std::uintptr_t>(storage_.data()) + 63) / 64 *
                                   64);
  }
  /// Rows `first`.. of the queries, scaled; returns how many there are.
  Index take(const Eigen::Ref<const QueryMatrix<Real>>& queries, Index first, Real scale) {
    const Index size = std::min(width(), queries.rows() - first);
    for (Index j = 0; j < dimension_; ++j) {
      Real* const row = values() + static_cast<std::size_t>(j) * lanes_;
      for (Index q = 0; q < size; ++q) row[q] = scale * queries(first + q, j);
      std::fill(row + size, row + lanes_, Real{0});
    }
    return size;
  }

 private:
  static constexpr std::size_t lanes_ = vectors * Simd<Real>::lanes;
  Index dimension_;
  std::vector<Real> storage_;
};

}  // namespace

template <class Real>
PatchTable<Real>::PatchTable(const QueryMatrix<Real>& patches, const Eigen::VectorXd& log_weights,
                             std::vector<Index> centres)
    : dimension_(patches.rows()), count_(patches.cols()), centres_(std::move(centres)) {
  const auto tile = static_cast<Index>(patches_per_tile);
  tiles_ = (count_ + tile - 1) / tile;
  values_.assign(static_cast<std::size_t>(tiles_ * tile * dimension_), Real{0});
  half_norms_.assign(static_cast<std::size_t>(tiles_ * tile), 0.0);
  log_weights_.assign(half_norms_.size(), no_weight);
  for (Index k = 0; k < count_; ++k) {
    Real* const column = values_.data() + (k / tile * dimension_) * tile + k % tile;
    for (Index j = 0; j < dimension_; ++j) column[j * tile] = patches(j, k);
    half_norms_[static_cast<std::size_t>(k)] =
        patches.col(k).template cast<double>().squaredNorm() / 2;
    log_weights_[static_cast<std::size_t>(k)] = log_weights[k];
  }
}

template <class Real>
std::vector<Real> PatchTable<Real>::biases(double beta) const {
  std::vector<Real> bias(half_norms_.size());
  for (std::size_t k = 0; k < bias.size(); ++k) {
    bias[k] = static_cast<Real>(lanes::unit<Real> * (log_weights_[k] - beta * half_norms_[k]));
  }
  return bias;
}

template <class Real>
void PatchTable<Real>::average(const Eigen::Ref<const QueryMatrix<Real>>& queries, double beta,
                               Eigen::Ref<Eigen::MatrixXd> mean, Eigen::MatrixXd* square) const {
  const std::vector<Real> bias = biases(beta);
  Block<Real> block(dimension_);
  for (Index first = 0; first < queries.rows(); first += block.width()) {
    const Index size = block.take(queries, first, static_cast<Real>(lanes::unit<Real> * beta));
    for (std::size_t c = 0; c < centres_.size(); ++c) {
      Sums<Real> sums;
      const Tiles<Real> tiles{values_.data(), bias.data(), tiles_, dimension_, centres_[c]};
      if (square != nullptr) {
        walk<Real, true>(tiles, block.values(), sums);
      } else {
        walk<Real, false>(tiles, block.values(), sums);
      }
      for (Index q = 0; q < size; ++q) {
        const auto lane = static_cast<std::size_t>(q);
        const auto column = static_cast<Index>(c);
        mean(first + q, column) = sums.total_centre[lane] / sums.total_weight[lane];
        if (square != nullptr) {
          (*square)(first + q, column) = sums.total_square[lane] / sums.total_weight[lane];
        }
      }
    }
  }
}

template <class Real>
Eigen::MatrixXd PatchTable<Real>::covariances(const Eigen::Ref<const QueryMatrix<Real>>& queries,
                                              double beta) const {
  const std::vector<Real> bias = biases(beta);
  const auto d = static_cast<std::size_t>(dimension_);
  const Index rows = queries.rows();
  Eigen::MatrixXd result(dimension_, rows * static_cast<Index>(centres_.size()));
  Block<Real> block(dimension_);
  std::vector<double> plain(d * width<Real>), with_centre(d * width<Real>);
  for (Index first = 0; first < rows; first += block.width()) {
    const Index size = block.take(queries, first, static_cast<Real>(lanes::unit<Real> * beta));
    for (std::size_t c = 0; c < centres_.size(); ++c) {
      Sums<Real> sums;
      const Tiles<Real> tiles{values_.data(), bias.data(), tiles_, dimension_, centres_[c]};
      walk<Real, false>(tiles, block.values(), sums);
      std::fill(plain.begin(), plain.end(), 0.0);
      std::fill(with_centre.begin(), with_centre.end(), 0.0);
      walk_products(tiles, block.values(), sums, plain.data(), with_centre.data());
      for (Index q = 0; q < size; ++q) {
        const auto lane = static_cast<std::size_t>(q);
        const double total = sums.total_weight[lane], centre = sums.total_centre[lane] / total;
        for (std::size_t j = 0; j < d; ++j) {
          result(static_cast<Index>(j), static_cast<Index>(c) * rows + first + q) =
              (with_centre[j * width<Real> + lane] - centre * plain[j * width<Real> + lane]) /
              total;
        }
      }
    }
  }
  return result;
}

template class PatchTable<float>;
template class PatchTable<double>;

}  // namespace symbreak::kernel
