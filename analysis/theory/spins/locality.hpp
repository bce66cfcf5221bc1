// What a window of a noisy Ising chain tells about its centre, against the whole chain.
// May depend on: the standard library.
//
// Open chain without field, K = J/T, rho = tanh K, infinitely long; noisy states x = y + z/sqrt(b).
// The field on the centre, from its own site and from r neighbours on each side, has the law of a
// sum of messages: relative to the spin y = + of a site,
//   p_0 = N(b, b),  p_r(t) = int p_{r-1}(t') [(1+rho)/2 N(t; b + f(t'), b)
//                                            + (1-rho)/2 N(t; b - f(t'), b)] dt',
// f = atanh(rho tanh t), is the field of a site with r more on its left; the other side adds f(t')
// or -f(t') likewise (density evolution; exact since a chain has no loops).
#pragma once
#include <vector>

namespace symbreak::theory {

/// Of windows of radius r = 0 .. radius, and of the whole chain.
struct ChainWindows {
  std::vector<double> mmse;     ///< of the centre, 1 - E <y>^2
  std::vector<double> entropy;  ///< H(y_0 | window), nats
  double whole_mmse = 0, whole_entropy = 0;
  /// What the excess mmse, and I(y_0; x outside | x in the window), fall by at each further site,
  /// r -> infinity; the Markov length is -1/log of it. At most rho^2, as noise -> infinity.
  double factor = 0;
};
/// `beta` = 1/(sigma^2 t). By the trapezoid rule on 901 nodes: 1e-10 for 0.01 < beta < 30.
ChainWindows chain_windows(double K, double beta, int radius);
/// The same where a share e < 1 of the spins is masked and the others are seen as they are: sums
/// over the distances of the two nearest that are seen. The factor is e rho^2.
ChainWindows masked_chain_windows(double K, double e, int radius);

}  // namespace symbreak::theory
