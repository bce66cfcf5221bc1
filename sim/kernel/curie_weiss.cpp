#include "sim/kernel/curie_weiss.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "sim/kernel/elementary_inline.hpp"

namespace symbreak::kernel {
namespace {

// The integral runs over u = xi sqrt(d/K), so that K = 0 needs no special case:
//     Z = (2 pi)^{-1/2} int du e^{g(u)},   g = -u^2/2 + sum_i log 2 cosh(u sqrt(K/d) + field_i).
// |e^{g(u + iv)}| <= e^{g(u) + v^2/2} bounds the error of the trapezoid rule with step s by
// 2 exp(-2 pi^2/s^2), relative: 3e-15 for s = 3/4.
constexpr double step = 0.75;
/// Nodes with weight below e^-40 of the largest do not count.
constexpr double negligible = 40;
/// The coarse search looks at every `stride`-th node. As g'' >= -1, g rises above the larger of two
/// neighbours by at most (stride step)^2/8 in between.
constexpr long stride = 8;
constexpr double bump = stride * stride * step * step / 8;

/// log prod_i 2 cosh(xi + field_i).
double log_weight(double xi, std::span<const double> field) {
  constexpr std::size_t lanes = 8, flush = 1000;  // (1 + e^-2|z|) <= 2: 1000 factors fit a double
  double magnitude[lanes] = {}, product[lanes];
  double log_product = 0, rest = 0;
  std::size_t i = 0;
  const std::size_t whole = field.size() / lanes * lanes;
  while (i < whole) {
    const std::size_t end = std::min(whole, i + flush * lanes);
    std::fill_n(product, lanes, 1.0);
    for (; i < end; i += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double z = std::abs(xi + field[i + lane]);
        magnitude[lane] += z;
        product[lane] *= 1 + inline_elementary::exp(-2 * z);
      }
    }
    for (const double factor : product) log_product += std::log(factor);
  }
  for (; i < field.size(); ++i) {
    const double z = std::abs(xi + field[i]);
    rest += z + std::log1p(std::exp(-2 * z));
  }
  for (const double each : magnitude) rest += each;
  return rest + log_product;
}

}  // namespace

double curie_weiss_mean(double K, std::span<const double> field, std::span<double> mean) {
  if (!(K >= 0) || field.empty() || mean.size() != field.size()) {
    throw std::invalid_argument("curie_weiss_mean: needs K >= 0 and as many means as fields, >= 1");
  }
  const auto d = static_cast<double>(field.size());
  const double width = std::sqrt(K / d);
  const auto log_density = [&](long node) {
    const double u = step * static_cast<double>(node);
    return log_weight(u * width, field) - u * u / 2;
  };
  // All of the mass: beyond |xi| = K the density falls faster than the Gaussian.
  const auto last = static_cast<long>(
      std::ceil((std::sqrt(K * d) + std::sqrt(2 * negligible)) / (step * stride)));
  std::vector<double> coarse;
  for (long c = -last; c <= last; ++c) coarse.push_back(log_density(c * stride));
  double top = *std::max_element(coarse.begin(), coarse.end());

  std::vector<long> nodes;
  std::vector<double> log_densities;
  for (long c = -last; c < last; ++c) {
    const auto index = static_cast<std::size_t>(c + last);
    if (std::max(coarse[index], coarse[index + 1]) + bump < top - negligible) continue;
    for (long node = c * stride; node < (c + 1) * stride; ++node) {
      nodes.push_back(node);
      log_densities.push_back(node == c * stride ? coarse[index] : log_density(node));
    }
  }
  top = *std::max_element(log_densities.begin(), log_densities.end());

  double sum = 0;
  std::fill(mean.begin(), mean.end(), 0.0);
  for (std::size_t m = 0; m < nodes.size(); ++m) {
    if (log_densities[m] < top - negligible) continue;
    const double weight = std::exp(log_densities[m] - top);
    const double xi = step * static_cast<double>(nodes[m]) * width;
    sum += weight;
    for (std::size_t i = 0; i < field.size(); ++i) {
      const double z = xi + field[i];
      const double e = inline_elementary::exp(-2 * std::abs(z));
      mean[i] += weight * std::copysign((1 - e) / (1 + e), z);
    }
  }
  for (double& value : mean) value /= sum;
  return top + std::log(sum * step / std::sqrt(2 * std::numbers::pi));
}

}  // namespace symbreak::kernel
