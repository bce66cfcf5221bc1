#include "analysis/theory/channels/memorization.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::theory {

namespace {

constexpr double kLog2 = 0.693147180559945309417, kEulerGamma = 0.577215664901532860607;

double erased_weight(double e, int d, double log_count) {
  const Eigen::VectorXd kept = binomial_law(d, 1 - e);
  double sum = 0;
  for (int k = 0; k <= d; ++k) {
    const double match = std::exp2(-k), mean = std::exp(log_count - k * kLog2);
    const double known = k == 0 ? 1 : -std::expm1(std::exp(log_count) * std::log1p(-match));
    sum += kept[k] * known / mean;
  }
  return sum;
}

double flipped_weight(double p, int d, double log_count) {
  const double L = std::log1p(-p) - std::log(p);  // a flip less multiplies a weight by e^L
  const double others = std::expm1(log_count);
  if (!(others > 0)) return 1;
  const Eigen::VectorXd flips = binomial_law(d, p), distance = binomial_law(d, 0.5);
  // Nodes v = ln u are multiples of a step that divides L, so that v + K L are nodes too.
  const int ratio = std::max(1, static_cast<int>(std::ceil(L / 0.1)));
  const double step = L / ratio;
  const int low = -static_cast<int>(std::ceil(42 / step)), high = static_cast<int>(4 / step) + 1;
  std::vector<double> log_power;  // (N-1) log sum_j ..., at nodes low .. high + d ratio
  for (int w = low; w <= high + d * ratio; ++w) {
    double lost = 0;
    for (int j = 0; j <= d; ++j) {
      lost -= distance[j] * std::expm1(-std::exp(step * (w - j * ratio)));
    }
    log_power.push_back(lost < 1 ? others * std::log1p(-lost) : -INFINITY);
  }
  double sum = 0;
  for (int K = 0; K <= d; ++K) {
    if (flips[K] < 1e-25) continue;
    double integral = 0;
    for (int v = low; v <= high; ++v) {
      const double u = step * v;
      integral +=
          std::exp(u - std::exp(u) + log_power[static_cast<std::size_t>(v + K * ratio - low)]);
    }
    sum += flips[K] * integral * step;
  }
  return sum;
}

}  // namespace

double memorization_noise(SpinNoise channel, double alpha) {
  if (channel == SpinNoise::erase) return 1 - alpha;
  double low = 0, high = 0.5;
  while (high - low > 1e-16) {
    const double middle = (low + high) / 2;
    if (middle == low || middle == high) break;
    (1 - binary_entropy_of(middle) / kLog2 > alpha ? low : high) = middle;
  }
  return (low + high) / 2;
}

double true_weight(SpinNoise channel, double noise, int dimension, double log_count) {
  return channel == SpinNoise::erase ? erased_weight(noise, dimension, log_count)
                                     : flipped_weight(noise, dimension, log_count);
}

double true_weight_law(SpinNoise channel, double noise, int dimension, double log_count) {
  const double d = dimension, q = noise, odds = std::log((1 - q) / q);
  const bool erase = channel == SpinNoise::erase;
  const double information = erase ? (1 - q) * kLog2 : kLog2 - binary_entropy_of(q);
  const double width = std::sqrt(d * q * (1 - q)) * (erase ? kLog2 : odds);
  const double z = (d * information - log_count) / width;
  const double normal = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
  const double skewness = (erase ? 2 * q - 1 : -(1 - 2 * q)) / std::sqrt(d * q * (1 - q));
  const double shift = erase ? 1 - kEulerGamma : kLog2;
  return std::erfc(-z / std::sqrt(2.0)) / 2 + shift * normal / width +
         skewness * (z * z - 1) * normal / 6;
}

}  // namespace symbreak::theory
