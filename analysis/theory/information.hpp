// Information, overlap and class identity through a Gaussian channel (Biroli et al. 2024; Guo,
// Shamai & Verdu 2005). q, G, g: signal-to-noise ratios. May depend on: analysis/theory,
// Boost.Math.
#pragma once
#include <string>

#include "analysis/theory/levels/condensation.hpp"

namespace symbreak::theory {

/// E tanh(q + sqrt(q) z) = E tanh^2(q + sqrt(q) z): overlap of a +-1 datum with its clean mean.
double binary_overlap(double q);
/// mmse of a +-1 datum, 1 - binary_overlap(q).
double binary_mmse(double q);
/// I(y; x) in nats of a +-1 datum: q - E log cosh(q + sqrt(q) z).
double binary_information(double q);
/// H(y|x) = log 2 - binary_information(q).
double binary_entropy(double q);
/// dI/dq: half the mmse. Dispersion of the information density per spin,
/// Var log(1 + exp(-2 (q + sqrt(q) z))).
double binary_dispersion(double q);
/// Two clones split at signal-to-noise G end in the same of two equal classes:
/// phi = (1 + E tanh(G + sqrt(G) z))/2 (phi(1) = 0.775200245397).
double clone_probability(double G);

/// The same for weights 1/(1 + exp(-+log_odds)): E[P^2 + (1-P)^2] over both classes.
double clone_probability(double G, double log_odds);

/// Where the entropy rate of two deltas peaks, as q, in the clock whose increments are those of
/// (sigma^2 t)^power (0: log time): the rate is q^{1+power} mmse(q)/2, power < 1.5. Relative
/// precision 1e-8. Power 0: 1.508330629, 1/2: 2.412648896, 1: 3.348668169.
double entropy_rate_peak(double power);
/// What a Gaussian late start at q loses: KL divergence of the noised two deltas from the Gaussian
/// of the same variance, log(1+q)/2 - log 2 + H(q) (late start: Raya & Ambrogioni 2023).
double late_start_divergence(double q);

// --- what one noisy state tells about its datum, for the laws of datasets
// -------------------------------------------------------------------------

/// The law of the points of a random dataset: i.i.d. in a linear manifold (or all) of the space,
/// with two classes at +-m if class_signal = |m|^2 > 0. Directions off the manifold tell nothing.
struct DataModel {
  DataLaw law = DataLaw::gaussian;
  double dimension = 1;     ///< D of the manifold
  double variance = 1;      ///< per coordinate of the manifold, within a class
  double class_signal = 0;  ///< |m|^2, Gaussian data only
  std::string text{};       ///< "spherical data"
};

/// Mean (the mutual information I(Y;X_t)) and variance (dispersion) of the information density
/// i = log p(x|y)/p(x), nats, whole dataset (not per dimension). With g = variance/noise:
///   gaussian  D/2 log(1+g), D g/(1+g); exact
///   sphere    D g - E log Omega_D(kappa), kappa = R|x|/noise, R^2 = D variance, Omega_D the mean
///             of e^{kappa u}: exact at every D, by two-dimensional quadrature; D -> infinity gives
///             the Gaussian mean and D g(g+2)/(2(1+g)^2)
///   binary    D (g - E log cosh(g + sqrt(g) z)), D Var log(1 + e^{-2(g + sqrt(g) z)}); exact
///   classes   plus I_binary(G) and its variance, G = |m|^2/(variance + noise): the mean is exact;
///             in the variance the correlation of class and position, O(1), is left out
///
/// `third` is the third central moment (Gaussian data: 0, i is a quadratic form of eigenvalues
/// +-sqrt(g/(1+g))), `posterior` the part of the variance at fixed x, E[Var(i|x)]; the rest is the
/// variance of E[i|x]. Binary, h = g + sqrt(g) z: D E[h^2/cosh^2 h]; Gaussian: V (1 - g/(2(1+g)));
/// sphere: E[kappa^2 A_D'(kappa)]. They set the finite-size terms of analysis/theory/levels/threshold.hpp.
struct Information {
  double mean = 0, variance = 0, third = 0, posterior = 0;
};
Information information(const DataModel& model, double noise);

/// Noise at which the leading information (D -> infinity for the sphere) is log N; 0 where it never
/// falls so low (binary data with N > 2^D).
double collapse_noise(const DataModel& model, double log_count);

/// Noise at which unplanted states of norm rho sqrt(d) condense, according to eq. 38 of Ambrogioni
/// (2024) as printed: t_c(x) = s |x|/(sigma^2 sqrt(2L)), i.e. s rho/sqrt(2 alpha). It is the limit
/// alpha -> 0 of the exact sphere_condensation_noise, and larger by e^{2 alpha} sqrt((1 - e^{-2
/// alpha})/(2 alpha)): 1.5 % at alpha = .01, 16 % at .1 (twice that for the time at which typical
/// x, rho^2 = s^2 + sigma^2 t, condense).
double printed_condensation_noise(double alpha, double s, double rho);

/// Exact E[Y] of N = e^L points uniform on the sphere S^{d-1} and one x independent of them, levels
/// kappa u with kappa = |x| |y|/noise and u the cosine: by quadrature, at every N and d.
///   E[Y] = N int ds E[e^{2(s + kappa u) - e^{s + kappa u}}] (E e^{-e^{s + kappa u}})^{N-1}
double sphere_participation(double kappa, double dimension, double log_count);

// --- the modern Hopfield network: retrieval of a datum by x <- sum_j y_j softmax(b y_j.x)
// ------------------------------------------------------------------------

/// How the scores treat the norms of the points.
enum class Energy {
  free_energy,  ///< beta (x.y - |y|^2/2): the regularised free energy of the diffusion model
  associative,  ///< beta x.y: the dense associative memory
};

/// Capacity alpha = log(N)/d below which a datum of unit variance per coordinate is a fixed point
/// at inverse temperature b (Lucibello & Mezard 2024; b = lambda in their units): the weight of the
/// others equals its own. Gaussian: associative b - b^2/2 for b <= 1 (the others are not
/// condensed), free_energy (1/2) log(1+b) + b/(2(1+b)); sphere: b - max_u [b u + log(1-u^2)/2];
/// binary: b - log cosh b. At b = 1, associative: 1/2, .62257192, .56621917.
double retrieval_capacity(DataLaw law, Energy energy, double b);
/// E[w_1] at x = y_1 for N = e^L points in d dimensions, exact by quadrature over |y_1| and the law
/// of the sum of the other weights (an average of that sum would be wrong by up to .015 at d = 18).
double retrieval_weight(DataLaw law, Energy energy, double b, double dimension, double log_count);
/// log E[(1/w_1 - 1)/(N - 1)] at x = y_1, exact at every N and d for points of equal norm (sphere,
/// binary): the mean weight of another point relative to that of the datum. -1/d of it is the
/// capacity as d -> infinity.
double log_crosstalk(DataLaw law, double b, double dimension);

}  // namespace symbreak::theory
