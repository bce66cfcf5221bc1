#include "analysis/theory/jacobian_spectrum.hpp"

#include <cmath>

#include "analysis/theory/information.hpp"
#include "analysis/theory/sphere.hpp"

namespace symbreak::theory {

namespace {

/// The root of a decreasing function of ln s by bisection; 0 where it is below `value` everywhere.
template <class Function>
double decreasing_root(const Function& f, double value) {
  double low = -200, high = 200;
  if (!(f(std::exp(low)) > value)) return 0;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (f(std::exp(middle)) > value ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

}  // namespace

double sphere_trace(double d, double radius, double noise) {
  // |x|^2 = (r + sqrt(s) z)^2 + s chi^2_{d-1}; log chi^2 by the trapezoid rule too.
  const double half = (d - 1) / 2, norm = std::lgamma(half) + half * std::log(2.0);
  const double step = std::min(0.1, 0.2 / std::sqrt(half)), z_step = 0.1;
  const double low = std::log(2 * half) - 40 / half - 8 / std::sqrt(half);
  const double high = std::log(2 * half + 90 + 12 * std::sqrt(2 * half));
  double sum = 0, weight = 0;
  for (double w = low; w < high; w += step) {
    const double across = std::exp(w), p = std::exp(half * w - across / 2 - norm);
    if (p < 1e-18) continue;
    for (int i = -85; i <= 85; ++i) {
      const double z = z_step * i, along = radius + std::sqrt(noise) * z;
      const double q = p * std::exp(-z * z / 2);
      const double kappa = radius * std::sqrt(along * along + noise * across) / noise;
      const double A = bessel_ratio(d, kappa);
      sum += q * (1 - A) * (1 + A);
      weight += q;
    }
  }
  return radius * radius / noise * sum / weight;
}

double two_class_trace(double d, double variance, double class_signal, double noise) {
  const double G = class_signal / (variance + noise);
  return (d * variance + noise * G * binary_mmse(G)) / (variance + noise);
}

double linear_collapse_noise(const std::vector<double>& variances, double log_count) {
  const auto information = [&](double s) {
    double sum = 0;
    for (const double v : variances) sum += std::log1p(v / s) / 2;
    return sum;
  };
  return decreasing_root(information, log_count);
}

double frozen_noise(const std::vector<double>& variances, double noise, double log_count) {
  if (!(noise < linear_collapse_noise(variances, log_count))) return noise;
  const auto rate = [&](double sigma) {
    double sum = 0;
    for (const double v : variances) {
      const double all = v + sigma;
      sum += (v * (v + noise) / (all * all) + sigma / all - 1 + std::log1p(v / sigma)) / 2;
    }
    return sum;
  };
  return decreasing_root(rate, log_count);
}

}  // namespace symbreak::theory
