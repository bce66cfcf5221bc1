// What samplers do to laws that are known: exact predictions that share nothing with the samplers.
// May depend on: the standard library.
#pragma once
#include <span>
#include <vector>

namespace symbreak::theory {

/// Variance after a run of DDIM(eta) steps over the levels s_0 > s_1 > .. (s = sigma^2 t) on
/// Gaussian data of variance c2, from variance v at s_0: every step is linear,
///   slope c2/(c2+s) + sqrt((s' - eta^2 u)/s) s/(c2+s),  noise eta^2 u,  u = s'(s-s')/s.
/// eta = 0 is Euler's step of the probability flow, eta = 1 ancestral sampling.
double gaussian_variance(std::span<const double> levels, double c2, double v, double eta);
/// The same for Euler-Maruyama steps of the reverse SDE.
double gaussian_variance_euler_maruyama(std::span<const double> levels, double c2, double v);
/// KL(N(0, r v) || N(0, v)) = (r - 1 - ln r)/2, nats.
double gaussian_divergence(double ratio);

/// Fraction of DDIM(eta) samples of two deltas at +-m with weights p, 1-p that end at +m, in the
/// variance-preserving form of the literature (Song et al. 2021; Raya & Ambrogioni 2023): levels
/// abar_0 < abar_1 < .. at which the score is evaluated, the last step going to abar = 1; start
/// N(mean, variance) in x_VP. eta = 0: the threshold of the deterministic map by bisection.
/// eta > 0: P(+|x) backwards through the steps on 8001 nodes, Gaussian steps by the trapezoid rule.
/// Accuracy 1e-7.
double two_deltas_occupation(const std::vector<double>& abar, double p, double m, double eta,
                             double mean, double variance);

}  // namespace symbreak::theory
