// Two Ising chains of different coupling seen through erasures: when a stream of bits commits to its
// source. May depend on: nothing.
//
// Open chains without field, rho_c = tanh K_c. Kept spins n apart that are equal (sigma = 1) or not
// (-1) have the likelihood (1 + sigma rho_c^n)/4, so that the log-likelihood ratio L of the classes is
// a sum over the gaps between kept spins, and its characteristic function in class c a transfer along
// the chain, from the first kept spin to the last one: with q = 1 - e,
//   F_m = q e^m + sum_n F_{m-n} q e^{n-1} sum_sigma (1 + sigma rho_c^n)/2
//         [(1 + sigma rho_0^n)/(1 + sigma rho_1^n)]^{i omega}.
// Clones agree with probability 1 - E sech^2((L + h)/2)/2, h the log odds of class 0, and
//   E sech^2((L + h)/2) = 4 int_0^inf omega/sinh(pi omega) Re E e^{i omega (L + h)} domega.
// Derived here.
#pragma once
#include <array>

namespace symbreak::theory {

struct ChainClasses {
  int sites = 1;
  std::array<double, 2> couplings{};
  double log_odds = 0;  ///< of the first class
};

/// P(two clones of a state with a share e of masked spins end in one class), 0 <= e <= 1. Absolute
/// error 1e-10. O(sites^2) at each of some hundred frequencies.
double erased_clones(const ChainClasses& classes, double erasure);

}  // namespace symbreak::theory
