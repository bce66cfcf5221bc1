// Patches of +-1: scores from register tables. May depend on: patch_softmax.hpp, patch_lanes.hpp.
//
// Along the lanes of a register run the patches here, so that one table per (query, word of 4
// signs) serves a whole register by a permutation. Patches are sorted by the sign of their centre:
// the mean is (Z+ - Z-)/(Z+ + Z-) and nothing is multiplied by a centre.
#include <algorithm>
#include <cmath>

#include "sim/kernel/patch/patch_lanes.hpp"
#include "sim/kernel/patch/patch_softmax.hpp"

namespace symbreak::kernel {

namespace {

using Eigen::Index;
using Float = Simd<float>::Vector;
constexpr std::size_t lanes_per_vector = Simd<float>::lanes;
using Words [[gnu::vector_size(sizeof(Float))]] = std::int32_t;

/// Signs per word: a table of 2^bits sums is one register.
constexpr std::size_t bits = lanes_per_vector == 16 ? 4 : 3;
/// Words packed into one 32-bit lane; a shift brings the next one to the low bits, which are all
/// that a permutation looks at.
constexpr std::size_t words_per_pack = 32 / bits;
/// Register block: queries x (vectors of patches).
constexpr std::size_t queries_per_block = 4, vectors = lanes_per_vector == 16 ? 4 : 2;
constexpr std::size_t block_size = vectors * lanes_per_vector;
constexpr std::size_t blocks_per_flush = 16;
constexpr float no_weight = -1e30f;

double total(Float v) {
  double sum = 0;
  for (std::size_t i = 0; i < lanes_per_vector; ++i) sum += static_cast<double>(v[i]);
  return sum;
}

float largest_lane(Float v) {
  float most = v[0];
  for (std::size_t i = 1; i < lanes_per_vector; ++i) most = std::max(most, v[i]);
  return most;
}

/// Sums of weights 2^{score - reference} over the patches of one centre sign.
struct Sums {
  float reference[queries_per_block] = {};
  double positive[queries_per_block] = {}, negative[queries_per_block] = {};
};

struct Blocks {
  const std::int32_t* codes;
  const float* log_weights;
  std::size_t words;
};

/// Adds blocks first..last-1 to `sums` (positive or negative ones).
template <bool is_positive>
[[gnu::noinline]] void walk(const Blocks& blocks, std::size_t first, std::size_t last, bool fresh,
                            const float* tables, Sums& sums) {
  const std::size_t words = blocks.words;
  const std::size_t packs = (words + words_per_pack - 1) / words_per_pack;
  for (std::size_t start = first; start < last; start += blocks_per_flush) {
    const std::size_t end = std::min(start + blocks_per_flush, last);
    Float weight[queries_per_block] = {};
    for (std::size_t block = start; block < end; ++block) {
      Float score[queries_per_block][vectors];
#pragma GCC unroll 4
      for (std::size_t v = 0; v < vectors; ++v) {
        const Float prior =
            load<Float>(blocks.log_weights + block * block_size + v * lanes_per_vector);
#pragma GCC unroll 4
        for (std::size_t q = 0; q < queries_per_block; ++q) score[q][v] = prior - sums.reference[q];
      }
      const std::int32_t* codes = blocks.codes + block * packs * block_size;
      Words code[vectors] = {};
      for (std::size_t word = 0; word < words; ++word) {
        if (word % words_per_pack == 0) {
#pragma GCC unroll 4
          for (std::size_t v = 0; v < vectors; ++v) {
            code[v] = load<Words>(codes + v * lanes_per_vector);
          }
          codes += block_size;
        }
#pragma GCC unroll 4
        for (std::size_t q = 0; q < queries_per_block; ++q) {
          const Float table = load<Float>(tables + (q * words + word) * lanes_per_vector);
#pragma GCC unroll 4
          for (std::size_t v = 0; v < vectors; ++v) score[q][v] += shuffle(table, code[v]);
        }
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v) code[v] >>= static_cast<int>(bits);
      }
#pragma GCC unroll 4
      for (std::size_t q = 0; q < queries_per_block; ++q) {
        Float largest = score[q][0];
#pragma GCC unroll 4
        for (std::size_t v = 1; v < vectors; ++v) largest = lanes::larger(largest, score[q][v]);
        const bool sets = fresh && block == first;
        if (__builtin_expect(sets || lanes::any_positive(largest), 0)) {
          const float by = largest_lane(largest) + lanes::headroom<float>;
          const double scale = sets ? 0 : std::exp2(-static_cast<double>(by));
          weight[q] *= static_cast<float>(scale);
          sums.positive[q] *= scale;
          sums.negative[q] *= scale;
          sums.reference[q] += by;
          for (std::size_t v = 0; v < vectors; ++v) score[q][v] -= by;
        }
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v) weight[q] += lanes::power(score[q][v]);
      }
    }
    for (std::size_t q = 0; q < queries_per_block; ++q) {
      (is_positive ? sums.positive : sums.negative)[q] += total(weight[q]);
    }
  }
}

}  // namespace

SignTable::SignTable(const QueryMatrix<float>& signs, const Eigen::VectorXd& log_weights,
                     Index centre)
    : dimension_(signs.rows()), count_(signs.cols()) {
  const auto d = static_cast<std::size_t>(dimension_);
  words_ = (d + bits - 1) / bits;
  std::vector<Index> order[2];  // centre +1, centre -1
  for (Index k = 0; k < count_; ++k) order[signs(centre, k) > 0 ? 0 : 1].push_back(k);
  const auto whole = [](std::size_t n) { return (n + block_size - 1) / block_size; };
  positive_blocks_ = whole(order[0].size());
  blocks_ = positive_blocks_ + whole(order[1].size());
  const std::size_t packs = (words_ + words_per_pack - 1) / words_per_pack;
  codes_.assign(blocks_ * packs * block_size, 0);
  log_weights_.assign(blocks_ * block_size, no_weight);
  for (std::size_t sign = 0; sign < 2; ++sign) {
    for (std::size_t i = 0; i < order[sign].size(); ++i) {
      const Index k = order[sign][i];
      const std::size_t place = i + (sign == 0 ? 0 : positive_blocks_ * block_size);
      const std::size_t block = place / block_size, within = place % block_size;
      log_weights_[place] = static_cast<float>(lanes::unit<float> * log_weights[k]);
      for (std::size_t j = 0; j < d; ++j) {
        if (signs(static_cast<Index>(j), k) < 0) continue;
        const std::size_t word = j / bits;
        const std::uint32_t bit = std::uint32_t{1} << (word % words_per_pack * bits + j % bits);
        codes_[(block * packs + word / words_per_pack) * block_size + within] |=
            static_cast<std::int32_t>(bit);
      }
    }
  }
}

void SignTable::average(const Eigen::Ref<const QueryMatrix<float>>& queries, double beta,
                        Eigen::Ref<Eigen::VectorXd> mean) const {
  const auto d = static_cast<std::size_t>(dimension_);
  const auto scale = static_cast<float>(lanes::unit<float> * beta);
  std::vector<float> tables(queries_per_block * words_ * lanes_per_vector);
  const Blocks blocks{codes_.data(), log_weights_.data(), words_};
  for (Index first = 0; first < queries.rows(); first += static_cast<Index>(queries_per_block)) {
    const Index size = std::min(static_cast<Index>(queries_per_block), queries.rows() - first);
    for (std::size_t q = 0; q < queries_per_block; ++q) {
      const Index row = first + std::min(static_cast<Index>(q), size - 1);
      for (std::size_t word = 0; word < words_; ++word) {
        // table[code] = sum of the word's coordinates with the signs of the code, by doubling.
        float* const table = tables.data() + (q * words_ + word) * lanes_per_vector;
        table[0] = 0;
        for (std::size_t bit = 0; bit < bits; ++bit) {
          const std::size_t j = word * bits + bit, half = std::size_t{1} << bit;
          const float x = j < d ? scale * queries(row, static_cast<Index>(j)) : 0;
          for (std::size_t code = 0; code < half; ++code) {
            table[code + half] = table[code] + x;
            table[code] -= x;
          }
        }
      }
    }
    Sums sums;
    walk<true>(blocks, 0, positive_blocks_, true, tables.data(), sums);
    walk<false>(blocks, positive_blocks_, blocks_, positive_blocks_ == 0, tables.data(), sums);
    for (Index q = 0; q < size; ++q) {
      const auto i = static_cast<std::size_t>(q);
      mean[first + q] =
          (sums.positive[i] - sums.negative[i]) / (sums.positive[i] + sums.negative[i]);
    }
  }
}

}  // namespace symbreak::kernel
