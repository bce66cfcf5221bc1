#include "analysis/theory/gaussian_classes.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

#include "analysis/theory/information.hpp"

namespace symbreak::theory {

namespace {

/// log int dx f_1^a f_2^{1-a} at this noise, a = 1/2 + iw.
std::complex<double> log_overlap(const ClassPair& pair, double noise, double w) {
  const std::complex<double> a(0.5, w), b(0.5, -w);
  std::complex<double> sum = 0;
  for (const ClassPairMode& mode : pair.modes) {
    const double first = mode.first + noise, ratio = (mode.second + noise) / first;
    // Relative to the first variance; the real part of b + a ratio is positive: the principal root.
    const std::complex<double> mean = b + a * ratio;
    sum += mode.count / 2 *
           (a * std::log(ratio) - std::log(mean) -
            a * b * mode.difference * mode.difference / (first * mean));
  }
  return sum;
}

/// Largest x of a decreasing function with f(x) = value, by bisection in log x; 0: none above 1e-12.
template <class Function>
double crossing(const Function& f, double value, double scale) {
  double low = 1e-12 * scale, high = scale;
  if (!(f(low) > value)) return 0;
  while (f(high) > value && high < 1e290) high *= 4;
  for (int i = 0; i < 200 && high / low > 1 + 1e-15; ++i) {
    const double middle = std::sqrt(low * high);
    (f(middle) > value ? low : high) = middle;
  }
  return std::sqrt(low * high);
}

double scale_of(const ClassPair& pair) {
  double scale = 0;
  for (const ClassPairMode& mode : pair.modes) {
    scale = std::max({scale, mode.first, mode.second, mode.difference * mode.difference});
  }
  return scale > 0 ? scale : 1;
}

}  // namespace

double ClassPair::clone_loss(double noise) const {
  constexpr double step = 1.0 / 12, cut = 1e-17;
  const double at_zero = log_overlap(*this, noise, 0).real();
  double sum = 0.5;
  for (int i = 1; i < 400; ++i) {
    const double w = step * i;
    const std::complex<double> value =
        log_overlap(*this, noise, w) - at_zero + std::complex<double>(0, w * log_odds);
    const double size = std::exp(value.real()) / std::cosh(M_PI * w);
    sum += size * std::cos(value.imag());
    if (size < cut) break;
  }
  // sqrt(p_1 p_2) = 1/(2 cosh(log_odds/2)).
  return 2 * sum * step * std::exp(at_zero) / (2 * std::cosh(log_odds / 2));
}

double ClassPair::clone_probability(double noise) const { return 1 - clone_loss(noise); }

double ClassPair::signal(double noise) const {
  double sum = 0;
  for (const ClassPairMode& mode : modes) {
    const double mean = (mode.first + mode.second) / 2 + noise;
    const double change = (mode.second - mode.first) / mean;
    sum += mode.count * (change * change / 8 + mode.difference * mode.difference / (4 * mean));
  }
  return sum;
}

double ClassPair::noise_of(double probability) const {
  return crossing([&](double s) { return clone_probability(s); }, probability, scale_of(*this));
}

double ClassPair::noise_of_signal(double G) const {
  return crossing([&](double s) { return signal(s); }, G, scale_of(*this));
}

double concentric_clone_probability(double dimension, const std::vector<double>& variances,
                                    const std::vector<double>& weights, double noise) {
  // Density of u = log |x|^2 in a class: (d/2)(u - log 2V) - |x|^2/2V - log Gamma(d/2).
  const double half = dimension / 2, norm = std::lgamma(half);
  double total = 0;
  for (const double w : weights) total += w;
  const auto [least, most] = std::minmax_element(variances.begin(), variances.end());
  // Width of the peaks of u, and where all have fallen: Chernoff, e^{-40}.
  const double width = std::sqrt(2 / dimension), reach = 12 * width + 90 / dimension;
  const double low = std::log(dimension * (*least + noise)) - reach - 10 * width;
  const double high = std::log(dimension * (*most + noise)) + reach;
  const double step = std::min(width, 1.0) / 16;
  double loss = 0;
  std::vector<double> density(variances.size());
  for (double u = low; u < high; u += step) {
    double sum = 0;
    for (std::size_t c = 0; c < variances.size(); ++c) {
      const double log_double = std::log(2 * (variances[c] + noise));
      density[c] =
          weights[c] / total * std::exp(half * (u - log_double) - std::exp(u - log_double) - norm);
      sum += density[c];
    }
    if (!(sum > 0)) continue;
    double squares = 0;
    for (const double p : density) squares += p * p;
    loss += step * (sum - squares / sum);
  }
  return 1 - loss;
}

}  // namespace symbreak::theory
