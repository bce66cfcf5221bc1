// Exact averages of a random-energy system at any number of levels, by one-dimensional quadrature.
// May depend on: Boost.Math, analysis/theory/levels/level_law.hpp.
//
// With u = s + b e and Laplace function ell(s) = E exp(-e^u), for N independent levels (Derrida
// 1981; the identity w^k = (1/Gamma(k)) integral of t^{k-1} e^{k b e} exp(-t Z) dt with t = e^s):
//   unplanted  E[Y_k] = N/Gamma(k) int ds E[e^{ku - e^u}] ell(s)^{N-1}
//              E[Y^2] = E[Y_4] + N(N-1)/Gamma(4) int ds E[e^{2u - e^u}]^2 ell^{N-2}
//              log Z + Gumbel has the density N E[e^{u - e^u}] ell^{N-1} at -s
//   planted    (level 1 of density P(e) e^{be}/E e^{be}; the law above reweighted by Z)
//              E[w_1] = E[Y] = int ds (N-1) E[e^{u - e^u}] ell^{N-2} E_planted[1 - e^{-e^u}]
//              P(level 1 is the highest) = E[max w].
// Relative error 1e-9 (checked against closed forms and published values); cost some milliseconds.
#pragma once
#include <array>
#include <memory>
#include <unordered_map>

#include "analysis/theory/levels/level_law.hpp"

namespace symbreak::theory {

class RandomEnergy {
 public:
  /// N = e^L, inverse temperature b >= 0 (in units of the law).
  RandomEnergy(std::shared_ptr<const LevelLaw> law, double L, double b);

  double participation(int k = 2) const;  ///< E[Y_k], unplanted; k = 1 (is 1) to 15
  double participation_square() const;    ///< E[Y^2], unplanted
  double log_partition() const;           ///< E[log Z], Z = sum_j exp(b e_j), unplanted
  double log_partition_variance() const;  ///< unplanted
  double planted_weight() const;          ///< E[w_1] = E[Y], planted
  /// P(log Z + G <= x), unplanted, G an independent standard Gumbel variable: ell(-x)^N.
  double log_partition_distribution(double x) const;
  /// P(level 1 is the highest), planted; NaN for a law with atoms, where highest is ambiguous.
  double planted_success() const;

 private:
  double log_moment(int k, int index) const;          // log E[e^{ku - e^u}] at s = index step
  double log_survival(int index, int removed) const;  // log ell^{N - removed}
  std::shared_ptr<const LevelLaw> law_;
  double L_, b_;
  int centre_;
  // Inner integrals on the grid of s, shared by all averages. Not for concurrent use.
  mutable std::array<std::unordered_map<int, double>, 16> moments_;
  mutable std::unordered_map<int, double> tails_;
};

}  // namespace symbreak::theory
