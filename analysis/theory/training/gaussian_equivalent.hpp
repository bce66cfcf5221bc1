// The spectrum of random features of isotropic Gaussian data, d, N, p -> infinity in proportion:
// a Gaussian-equivalent theory. May depend on: the standard library.
//
// With h_k the Hermite coefficients of g (k! normalised), r = v/(v + s), v*^2 = sum_{k>=2} h_k^2
// r^k and s*^2 = sum_{k>=2} h_k^2 (1 - r^k), U has one outlier of weight h_0^2, d modes of weight
// h_1^2 + v*^2 d/N, N - d modes of weight v*^2 (N - d)/N between v*^2 (1/sqrt(N) -+ 1/sqrt(p))^2 +
// s*^2/p, and the rest at s*^2/p (the structure of Bonnaire et al. 2025). Weights hold within 15 %
// from d = 20 on, the shapes from d = 80 on; where d^2/2 < p the last level is resolved further.
#pragma once
#include <cmath>

namespace symbreak::theory {

struct FeatureSpectrum {
  double outlier = 0, linear_weight = 0, data_weight = 0;
  double data_low = 0, data_high = 0, floor = 0;
};

/// cos with uniform phases and argument of deviation omega.
inline FeatureSpectrum cosine_spectrum(double omega, double share, double dimension, double data,
                                       double features) {
  const double w = omega * omega, h0 = std::exp(-w), h1 = w * std::exp(-w);
  const double v = std::exp(-w * (1 - share)) - std::exp(-w) * (1 + w * share);
  const double s = 1 - std::exp(-w * (1 - share)) - w * std::exp(-w) * (1 - share);
  const double a = 1 / std::sqrt(data), b = 1 / std::sqrt(features);
  return {.outlier = h0,
          .linear_weight = h1 + v * dimension / data,
          .data_weight = data > dimension ? v * (data - dimension) / data : 0,
          .data_low = v * (a - b) * (a - b) + s / features,
          .data_high = v * (a + b) * (a + b) + s / features,
          .floor = s / features};
}

}  // namespace symbreak::theory
