#include "analysis/theory/sampling.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/theory/normal.hpp"

namespace symbreak::theory {

namespace {

/// E(y | x) of two deltas at +-m in the variance-preserving channel.
struct TwoDeltas {
  double p, m;
  double clean(double x, double a) const {
    const double odds = 2 * std::sqrt(a) * m * x / (1 - a) + std::log(p / (1 - p));
    return m * std::tanh(odds / 2);
  }
  /// x at which both are equally likely.
  double threshold(double a) const {
    return -std::log(p / (1 - p)) * (1 - a) / (2 * std::sqrt(a) * m);
  }
};

/// Cubic interpolation of values on an even grid over [-reach, reach]; constant outside.
double interpolate(const std::vector<double>& values, double reach, double x) {
  const auto last = static_cast<double>(values.size() - 1);
  const double at = (x + reach) / (2 * reach) * last;
  if (at <= 0) return values.front();
  if (at >= last) return values.back();
  const auto cell = std::clamp<std::size_t>(static_cast<std::size_t>(at), 1, values.size() - 3);
  const double u = at - static_cast<double>(cell);
  const double* v = values.data() + cell - 1;
  return -u * (u - 1) * (u - 2) / 6 * v[0] + (u + 1) * (u - 1) * (u - 2) / 2 * v[1] -
         (u + 1) * u * (u - 2) / 2 * v[2] + (u + 1) * u * (u - 1) / 6 * v[3];
}

/// E f(mean + deviation z).
template <class Function>
double gaussian(double mean, double deviation, double step, const Function& f) {
  double sum = 0;
  for (double z = -8; z <= 8; z += step) sum += std::exp(-z * z / 2) * f(mean + deviation * z);
  return sum * step / std::sqrt(2 * M_PI);
}

}  // namespace

double gaussian_variance(std::span<const double> levels, double c2, double v, double eta) {
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double s = levels[i], to = levels[i + 1];
    const double noise = eta * eta * to * (s - to) / s;
    const double slope = c2 / (c2 + s) + std::sqrt((to - noise) / s) * s / (c2 + s);
    v = slope * slope * v + noise;
  }
  return v;
}

double gaussian_variance_euler_maruyama(std::span<const double> levels, double c2, double v) {
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double s = levels[i], to = levels[i + 1];
    const double slope = 1 - (s - to) / (c2 + s);
    // The step to zero noise returns the clean mean in every sampler.
    v = to > 0 ? slope * slope * v + (s - to) : std::pow(c2 / (c2 + s), 2) * v;
  }
  return v;
}

double gaussian_divergence(double ratio) { return (ratio - 1 - std::log(ratio)) / 2; }

double two_deltas_occupation(const std::vector<double>& abar, double p, double m, double eta,
                             double mean, double variance) {
  const TwoDeltas data{p, m};
  const double deviation = std::sqrt(variance), end = data.threshold(abar.back());
  const std::size_t steps = abar.size() - 1;
  const auto move = [&](double x, std::size_t k, double noise) {
    const double a = abar[k], b = abar[k + 1], clean = data.clean(x, a);
    return std::sqrt(b) * clean +
           std::sqrt(1 - b - noise) * (x - std::sqrt(a) * clean) / std::sqrt(1 - a);
  };
  const double reach = 10 + m + std::abs(end);
  if (eta == 0) {
    double low = -reach, high = reach;
    for (int i = 0; i < 100; ++i) {
      double x = (low + high) / 2;
      const double start = x;
      for (std::size_t k = 0; k < steps; ++k) x = move(x, k, 0);
      (x > end ? high : low) = start;
    }
    return upper_tail((low - mean) / deviation);
  }
  if (steps == 0) return upper_tail((end - mean) / deviation);
  constexpr int kNodes = 8001;
  std::vector<double> above;
  for (std::size_t k = steps; k-- > 0;) {
    const double a = abar[k], b = abar[k + 1];
    const double noise = eta * eta * (1 - a / b) * (1 - b) / (1 - a), spread = std::sqrt(noise);
    std::vector<double> next(kNodes);
    for (int i = 0; i < kNodes; ++i) {
      const double x = -reach + 2 * reach * i / (kNodes - 1), centre = move(x, k, noise);
      next[static_cast<std::size_t>(i)] =
          above.empty() ? upper_tail((end - centre) / spread)
                        : gaussian(centre, spread, 0.05,
                                   [&](double y) { return interpolate(above, reach, y); });
    }
    above = std::move(next);
  }
  return gaussian(mean, deviation, 0.002, [&](double y) { return interpolate(above, reach, y); });
}

}  // namespace symbreak::theory
