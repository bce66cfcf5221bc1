#include "sim/kernel/spins/curie_weiss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "sim/kernel/simd/elementary_inline.hpp"
#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {
namespace {

// The integral runs over u = xi sqrt(d/K), so that K = 0 needs no special case:
//     Z = (2 pi)^{-1/2} int du e^{g(u)},   g = -u^2/2 + sum_i log 2 cosh(u sqrt(K/d) + field_i).
// |e^{g(u + iv)}| <= e^{g(u) + v^2/2} bounds the error of the trapezoid rule with step s by
// 2 exp(-2 pi^2/s^2), relative: 1e-15 for s = 3/4.
constexpr double step = 0.75;
/// Nodes with weight below e^-40 of the largest do not count.
constexpr double negligible = 40;
/// The coarse search looks at every `stride`-th node. As g'' >= -1, g rises above the larger of two
/// neighbours by at most (stride step)^2/8 in between.
constexpr long stride = 8;
constexpr double bump = stride * stride * step * step / 8;

/// Independent spins in fields xi + field_i, in terms of a_i = e^{-2 field_i} and Q = e^{-2 xi}:
///     log prod 2 cosh = sum (xi + field_i) + log prod (1 + a_i Q),  tanh = 2/(1 + a_i Q) - 1.
/// For xi < 0 the first is used with all signs reversed: Q <= 1 keeps its rounding, which enters to
/// the power d, from unbalancing the two phases.
/// No exponential per site and node: products of the factors, taken apart into mantissa and
/// exponent, and one division for the four nodes of a common denominator.
class FactoredSites {
 public:
  static constexpr double most_xi = 30;  ///< four factors of e^{4 xi + 40} fit a double

  FactoredSites(std::span<const double> field, double largest_xi)
      : d_(static_cast<long double>(field.size())) {
    const std::size_t padded = (field.size() + lanes - 1) / lanes * lanes;
    up_.assign(padded, -800.0);  // a factor e^-800 = 0 changes no product
    down_.assign(padded, -800.0);
    // Beyond this a spin is aligned to all digits, and its field only shifts log Z.
    const double limit = largest_xi + 20;
    double largest = 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
      const double bounded = std::clamp(field[i], -limit, limit);
      clipped_ += std::abs(field[i]) - std::abs(bounded);
      sum_ += bounded;
      largest = std::max(largest, std::abs(bounded));
      up_[i] = -2 * bounded;
      down_[i] = 2 * bounded;
    }
    for (double& a : up_) a = inline_elementary::exp(a);
    for (double& a : down_) a = inline_elementary::exp(a);
    const double bits = 1 + 2 * largest / std::numbers::ln2;
    rounds_per_flush_ = static_cast<std::size_t>(1000 / bits);
  }

  /// sum_i log 2 cosh(xi + field_i) - clipped(). Sums of O(d) cancel against -d xi^2/2K later.
  long double log_weight(double xi) const {
    const std::vector<double>& factors = xi < 0 ? down_ : up_;
    const double q = std::exp(-2 * std::abs(xi));
    std::array<Wide, rows> product;
    for (auto& each : product) each = 1.0 - Wide{};
    long exponent = 0;
    for (std::size_t i = 0; i < factors.size();) {
      const std::size_t end = std::min(factors.size(), i + rounds_per_flush_ * lanes);
      for (; i < end; i += lanes) {
#pragma GCC unroll 4
        for (std::size_t row = 0; row < rows; ++row) {
          product[row] *= load<Wide>(&factors[i + row * wide_lanes]) * q + 1.0;
        }
      }
      exponent += take_exponents(product);
    }
    double mantissas = 1;
    for (const auto& each : product) {
      for (std::size_t lane = 0; lane < wide_lanes; ++lane) mantissas *= each[lane];
    }
    return d_ * std::abs(xi) + (xi < 0 ? -sum_ : sum_) +
           std::numbers::ln2_v<long double> * static_cast<long double>(exponent) +
           std::log(mantissas);
  }
  double clipped() const { return clipped_; }

  /// mean_i = sum_m weights_m tanh(xi_m + field_i), the weights normalised.
  void average(const std::vector<double>& xi, const std::vector<double>& weights,
               std::span<double> mean) const {
    std::vector<double> above(mean.size(), 0);  // probability of y_i = 1
    for (std::size_t m = 0; m < xi.size(); m += 4) {
      std::array<double, 4> q{}, p{};
      for (std::size_t node = m; node < std::min(m + 4, xi.size()); ++node) {
        q[node - m] = std::exp(-2 * xi[node]);
        p[node - m] = weights[node];
      }
      for (std::size_t i = 0; i < above.size(); ++i) {
        const double a = up_[i];
        const double d0 = std::fma(a, q[0], 1.0), d1 = std::fma(a, q[1], 1.0);
        const double d2 = std::fma(a, q[2], 1.0), d3 = std::fma(a, q[3], 1.0);
        const double first = std::fma(p[0], d1, p[1] * d0);
        const double second = std::fma(p[2], d3, p[3] * d2);
        const double d01 = d0 * d1, d23 = d2 * d3;
        above[i] += std::fma(first, d23, second * d01) / (d01 * d23);
      }
    }
    for (std::size_t i = 0; i < above.size(); ++i) mean[i] = std::fma(2.0, above[i], -1.0);
  }

 private:
  // Four independent products hide the latency of the multiplication.
  using Wide = Simd<double>::Wide;
  static constexpr std::size_t wide_lanes = Simd<double>::wide_lanes, rows = 4;
  static constexpr std::size_t lanes = rows * wide_lanes;

  /// Divides each product by its power of two; returns the sum of the exponents.
  static long take_exponents(std::array<Wide, rows>& product) {
    long sum = 0;
    std::array<std::uint64_t, lanes> bits;
    __builtin_memcpy(bits.data(), product.data(), sizeof bits);
    for (auto& each : bits) {
      sum += static_cast<long>(each >> 52) - 1023;
      each = (each & 0x000fffffffffffffu) | 0x3ff0000000000000u;
    }
    __builtin_memcpy(product.data(), bits.data(), sizeof bits);
    return sum;
  }

  long double d_, sum_ = 0;
  double clipped_ = 0;
  std::vector<double> up_, down_;  // e^{-2 field_i}, e^{2 field_i}
  std::size_t rounds_per_flush_;
};

/// The same term by term, for couplings so strong that the factors overflow.
class DirectSites {
 public:
  explicit DirectSites(std::span<const double> field) : field_(field) {}

  long double log_weight(double xi) const {
    long double sum = 0;
    for (const double h : field_) {
      const double z = std::abs(xi + h);
      sum += z + std::log1p(std::exp(-2 * z));
    }
    return sum;
  }
  double clipped() const { return 0; }

  void average(const std::vector<double>& xi, const std::vector<double>& weights,
               std::span<double> mean) const {
    std::fill(mean.begin(), mean.end(), 0.0);
    for (std::size_t m = 0; m < xi.size(); ++m) {
      for (std::size_t i = 0; i < mean.size(); ++i) {
        mean[i] += weights[m] * std::tanh(xi[m] + field_[i]);
      }
    }
  }

 private:
  std::span<const double> field_;
};

template <class Sites>
double integrate(const Sites& sites, double width, long last, std::span<double> mean) {
  const auto log_density = [&](long node) {
    const double u = step * static_cast<double>(node);
    return sites.log_weight(u * width) - static_cast<long double>(u) * u / 2;
  };
  std::vector<long double> coarse;
  for (long c = -last; c <= last; ++c) coarse.push_back(log_density(c * stride));
  long double top = *std::max_element(coarse.begin(), coarse.end());

  std::vector<double> xi;
  std::vector<long double> densities;
  for (long c = -last; c < last; ++c) {
    const auto index = static_cast<std::size_t>(c + last);
    if (std::max(coarse[index], coarse[index + 1]) + bump < top - negligible) continue;
    for (long node = c * stride; node < (c + 1) * stride; ++node) {
      const auto density = node == c * stride ? coarse[index] : log_density(node);
      if (density < top - negligible) continue;
      top = std::max(top, density);
      xi.push_back(step * static_cast<double>(node) * width);
      densities.push_back(density);
    }
  }
  std::vector<double> weights;
  double sum = 0;
  for (const auto density : densities) {
    weights.push_back(std::exp(static_cast<double>(density - top)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  sites.average(xi, weights, mean);
  return static_cast<double>(top + sites.clipped()) +
         std::log(sum * step / std::sqrt(2 * std::numbers::pi));
}

}  // namespace

double curie_weiss_mean(double K, std::span<const double> field, std::span<double> mean) {
  if (!(K >= 0) || field.empty() || mean.size() != field.size()) {
    throw std::invalid_argument("curie_weiss_mean: needs K >= 0 and as many means as fields, >= 1");
  }
  const auto d = static_cast<double>(field.size());
  // All of the mass: beyond |xi| = K the density falls faster than the Gaussian.
  const double width = std::sqrt(K / d);
  const auto last = static_cast<long>(
      std::ceil((std::sqrt(K * d) + std::sqrt(2 * negligible)) / (step * stride)));
  const double largest_xi = static_cast<double>(last * stride) * step * width;
  if (largest_xi < FactoredSites::most_xi) {
    return integrate(FactoredSites(field, largest_xi), width, last, mean);
  }
  return integrate(DirectSites(field), width, last, mean);
}

}  // namespace symbreak::kernel
