// Clones of noised data of Gaussian classes: the probability that two independent posterior draws
// are of the same class, E sum_c P(c|x)^2, for any means and covariances. Speciation of classes with
// equal means: their second moments tell them apart (the first moments: Biroli, Bonnaire, de Bortoli
// & Mezard 2024). May depend on: analysis/theory.
//
// Two classes of weights p_1, p_2 with noised densities f_1, f_2, log odds l = log(p_1 f_1/p_2 f_2):
//   1 - clone = 2 E[P_1 P_2] = sqrt(p_1 p_2) int dx sqrt(f_1 f_2)/cosh(l/2)
//             = sqrt(p_1 p_2) int dw sech(pi w) (p_1/p_2)^{iw} int dx f_1^{1/2+iw} f_2^{1/2-iw},
// since 1/cosh(l/2) is the Fourier integral of sech(pi w). The inner integral is Chernoff's for
// Gaussians, continued to a complex exponent; in axes that diagonalise both covariances (v_1, v_2
// with the noise, d the difference of means) each contributes, with a = 1/2 + iw, b = 1 - a,
//   v_1^{b/2} v_2^{a/2} (b v_1 + a v_2)^{-1/2} exp(-a b d^2/(2 (b v_1 + a v_2))).
// One integral in any dimension. Trapezoid rule: the integrand is analytic for |Im w| < 1/2, the
// error e^{-pi/step}. Derived here; checked against the chi^2 integral below and by Monte Carlo.
#pragma once
#include <vector>

namespace symbreak::theory {

/// `count` coordinates along which both classes look the same.
struct ClassPairMode {
  double count = 1;
  double first = 0, second = 0;  ///< variances within the classes, without noise
  double difference = 0;         ///< of the means, per coordinate
};

/// In axes that diagonalise both covariances.
struct ClassPair {
  std::vector<ClassPairMode> modes;
  double log_odds = 0;  ///< log of the weight of the first class over that of the second

  /// Clones of data at noise s = sigma^2 t. Absolute error 1e-13.
  double clone_probability(double noise) const;
  /// 1 - clone_probability, to a relative error of 1e-12 however small.
  double clone_loss(double noise) const;
  /// The signal of which it is phi(G) as many coordinates contribute little each: 1/8 tr[((C+s)^{-1}
  /// dC)^2] + 1/4 d.(C+s)^{-1} d, C the mean of the two covariances.
  double signal(double noise) const;
  /// The largest noise at which the clone probability is `probability`; 0 where there is none.
  double noise_of(double probability) const;
  /// The largest noise at which the signal is G; 0 where there is none.
  double noise_of_signal(double G) const;
};

/// Any number of classes of one mean and isotropic variances in `dimension` dimensions: everything
/// is in |x|^2, of chi^2 law in each class. One integral in log |x|^2; absolute error 1e-11.
double concentric_clone_probability(double dimension, const std::vector<double>& variances,
                                    const std::vector<double>& weights, double noise);

}  // namespace symbreak::theory
