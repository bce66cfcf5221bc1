#include "sim/kernel/points/sign_cube.hpp"

#include <algorithm>
#include <cmath>

#include "sim/kernel/simd/elementary_inline.hpp"
#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {

namespace {

using Eigen::Index;
using Vector = Simd<double>::Vector;
constexpr std::size_t lanes = Simd<double>::lanes;
/// Queries side by side: independent chains hide the latency of the sums.
constexpr std::size_t vectors = 2, width = vectors * lanes;

/// products[code] = prod over the sites of up[j] or down[j], by doubling.
void all_products(const double* up, const double* down, std::size_t sites, double* products) {
  std::fill(products, products + width, 1.0);
  for (std::size_t j = 0; j < sites; ++j) {
    const std::size_t half = std::size_t{1} << j;
    for (std::size_t code = 0; code < half; ++code) {
      for (std::size_t q = 0; q < width; ++q) {
        const double value = products[code * width + q];
        products[(code + half) * width + q] = value * up[j * width + q];
        products[code * width + q] = value * down[j * width + q];
      }
    }
  }
}

}  // namespace

SignCube::SignCube(const Eigen::VectorXd& counts, Index centre)
    : dimension_(std::lround(std::log2(static_cast<double>(counts.size())))),
      low_((dimension_ + 1) / 2) {
  for (Index j = 0; j < dimension_; ++j) {
    if (j != centre) order_.push_back(j);
  }
  order_.push_back(centre);
  counts_.resize(static_cast<std::size_t>(counts.size()));
  for (std::size_t code = 0; code < counts_.size(); ++code) {
    std::size_t pattern = 0;
    for (std::size_t bit = 0; bit < order_.size(); ++bit) {
      pattern |= (code >> bit & 1U) << order_[bit];
    }
    counts_[code] = counts[static_cast<Index>(pattern)];
  }
}

void SignCube::average(const Eigen::Ref<const Eigen::MatrixXd>& queries, double beta,
                       Eigen::Ref<Eigen::VectorXd> mean) const {
  const auto d = static_cast<std::size_t>(dimension_), low = static_cast<std::size_t>(low_);
  const std::size_t high = d - low, columns = std::size_t{1} << low, rows = std::size_t{1} << high;
  std::vector<double> up(d * width), down(d * width), b(columns * width), a(rows * width);
  for (Index first = 0; first < queries.rows(); first += static_cast<Index>(width)) {
    const Index size = std::min(static_cast<Index>(width), queries.rows() - first);
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t q = 0; q < width; ++q) {
        const Index row = first + std::min(static_cast<Index>(q), size - 1);
        const double loss = -2 * beta * queries(row, order_[j]);
        up[j * width + q] = std::min(loss, 0.0);
        down[j * width + q] = std::min(-loss, 0.0);
      }
    }
    // A positive field makes `up` the larger factor, 1.
    for (std::size_t i = 0; i < up.size(); ++i) {
      const double to_up = down[i], to_down = up[i];
      up[i] = inline_elementary::exp(to_up);
      down[i] = inline_elementary::exp(to_down);
    }
    all_products(up.data(), down.data(), low, b.data());
    all_products(up.data() + low * width, down.data() + low * width, high, a.data());
    Vector sums[2][vectors] = {};  // centre -1, centre +1: the highest bit of the row
    for (std::size_t row = 0; row < rows; ++row) {
      const double* const n = counts_.data() + row * columns;
      Vector even[vectors] = {}, odd[vectors] = {};
      for (std::size_t column = 0; column < columns; column += 2) {
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v) {
          even[v] += n[column] * load<Vector>(&b[column * width + v * lanes]);
          odd[v] += n[column + 1] * load<Vector>(&b[(column + 1) * width + v * lanes]);
        }
      }
      for (std::size_t v = 0; v < vectors; ++v) {
        sums[2 * row < rows ? 0 : 1][v] +=
            (even[v] + odd[v]) * load<Vector>(&a[row * width + v * lanes]);
      }
    }
    for (Index q = 0; q < size; ++q) {
      const auto v = static_cast<std::size_t>(q) / lanes,
                 lane = static_cast<std::size_t>(q) % lanes;
      const double minus = sums[0][v][lane], plus = sums[1][v][lane];
      mean[first + q] = (plus - minus) / (plus + minus);
    }
  }
}

}  // namespace symbreak::kernel
