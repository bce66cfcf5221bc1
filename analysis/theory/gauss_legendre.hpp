// Gauss-Legendre panels: the building block of integrals of peaked functions in log space.
// May depend on: the standard library.
#pragma once
#include <array>
#include <cmath>
#include <cstddef>

namespace symbreak::theory {

/// Nodes and weights on [-1, 1].
template <std::size_t points>
struct GaussLegendre {
  std::array<double, points> node{}, weight{};
  GaussLegendre() {
    for (std::size_t i = 0; i < points; ++i) {
      double x = std::cos(M_PI * (static_cast<double>(i) + 0.75) / (points + 0.5));
      double slope = 1;
      for (int iteration = 0; iteration < 100; ++iteration) {
        double before = 1, value = x;
        for (std::size_t n = 2; n <= points; ++n) {
          const double order = static_cast<double>(n);
          const double next = ((2 * order - 1) * x * value - (order - 1) * before) / order;
          before = value;
          value = next;
        }
        slope = static_cast<double>(points) * (x * value - before) / (x * x - 1);
        const double step = value / slope;
        x -= step;
        if (std::abs(step) < 1e-16) break;
      }
      node[i] = x;
      weight[i] = 2 / ((1 - x * x) * slope * slope);
    }
  }
};

inline const GaussLegendre<16>& gauss_legendre_16() {
  static const GaussLegendre<16> rule;
  return rule;
}

/// log(e^a + e^b)
inline double log_add(double a, double b) {
  const double top = a > b ? a : b;
  return top == -INFINITY ? top : top + std::log1p(std::exp(-std::abs(a - b)));
}

/// log of the integral of exp(f) over [low, high], one panel.
template <class Function>
double log_panel(const Function& f, double low, double high) {
  const auto& rule = gauss_legendre_16();
  const double centre = (low + high) / 2, half = (high - low) / 2;
  std::array<double, 16> value;
  double top = -INFINITY;
  for (std::size_t k = 0; k < 16; ++k) {
    value[k] = f(centre + half * rule.node[k]);
    top = value[k] > top ? value[k] : top;
  }
  if (top == -INFINITY) return top;
  double sum = 0;
  for (std::size_t k = 0; k < 16; ++k) sum += rule.weight[k] * std::exp(value[k] - top);
  return top + std::log(half * sum);
}

}  // namespace symbreak::theory
