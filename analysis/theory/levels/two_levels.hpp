// Exact averages of the generalised random-energy model of two levels, at any numbers of classes and
// members (Derrida 1985; classes of data, and their members). By quadrature.
// May depend on: Boost.Math, analysis/theory.
//
// N_1 = e^{L_1} classes of N_2 = e^{L_2} members, L = L_1 + L_2. Log-weights X_cj = A_1 g_c + A_2
// g_cj, g independent standard normals; A^2 = A_1^2 + A_2^2 = 2 L a^2, A_1^2 = share A^2. Class i
// would condense alone at A_i^2 = 2 L_i: a_1 = sqrt(L_1/(share L)), a_2 = sqrt(L_2/((1-share) L)).
//   a_1 < a_2: two transitions. Unplanted, as L -> infinity, the class participation is 1 - a_1/a
//              above a_1, that of the members 1 - a_2/a above a_2; in between a class is known and
//              no member.
//   a_1 > a_2: one transition, at a = 1, where both are 1 - 1/a.
//
// With u = sigma + A_2 g, ell(sigma) = E exp(-e^u), K_k(sigma) = E e^{k u - e^u}, and averages over
// classes psi(sigma) = E_g ell(sigma + A_1 g)^{N_2}, from w^k = (1/Gamma(k)) int dt t^{k-1} e^{kX}
// e^{-tZ} and t = e^sigma:
//   E Y_k = N/Gamma(k) int dsigma E_g[K_k ell^{N_2 - 1}](sigma + A_1 g) psi^{N_1 - 1}
//   E Y_C:  K_2 ell^{N_2-1} + (N_2 - 1) K_1^2 ell^{N_2-2} in its place (k = 2)
// Planted is the same law reweighted by Z/E Z: another factor e^{-sigma - A^2/2}/N under the
// integral; E[w_1] = E[Y] and E[W_1] = E[Y_C] there. Energies need no integral of their own: by parts in
// the normals, E sum_cj w_cj X_cj = A_1^2 (1 - E Y_C) + A_2^2 (1 - E Y), planted A^2. Trapezoid rule in sigma and in the class's
// shift on one grid: all integrands are analytic for |Im sigma| < pi/2 and log-concave.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "analysis/theory/levels/level_law.hpp"

namespace symbreak::theory {

/// The same two transitions of data: e^{L_1} Gaussian centres of variance `between` in d dimensions,
/// e^{L_2} members of variance `within` around each. At noise s x tells the class below s_1, the member
/// of a known class below s_2,
///   d ln(1 + between/(within + s_1))/2 = L_1,  d ln(1 + within/s_2)/2 = L_2,
/// and both at once, d ln(1 + (between + within)/s)/2 = L_1 + L_2, unless s_1 > s_2.
struct LevelData {
  double log_classes, log_members, between, within, dimension;
};
struct LevelNoises {
  double classes, members;  ///< s; the same where both come at once
  bool two_stages;
};
LevelNoises level_noises(const LevelData& data);

class TwoLevelEnergy {
 public:
  /// log N_1, log N_2, 0 < share < 1, b = A >= 0.
  TwoLevelEnergy(double log_classes, double log_members, double share, double b);

  double participation(int k = 2) const;  ///< E sum_cj w_cj^k, unplanted; k = 1 (is 1) to 4
  double participation_square() const;    ///< E[Y^2], unplanted
  double class_participation() const;     ///< E sum_c W_c^2, W_c = sum_j w_cj, unplanted
  double log_partition() const;           ///< E log sum_cj e^X, unplanted
  double log_partition_variance() const;  ///< unplanted
  double exponent() const;                ///< E sum_cj w_cj X_cj, unplanted: -beta <E>
  double entropy() const;                 ///< E[-sum_cj w_cj log w_cj], unplanted
  double planted_weight() const;          ///< E[w_1] = E[Y], planted
  double planted_class_weight() const;    ///< E[W_1] = E[Y_C], planted

 private:
  /// A function of the grid index, each value computed once.
  struct Table {
    std::vector<double> values;  ///< NaN: not yet
    int first = 0;
    double& at(int index);
  };
  template <class F>
  double log_class_average(const F& log_f, int index, int& hint) const;
  double log_moment(int k, int index) const;            // log K_k
  double survival(int index) const;                     // log(-log ell)
  double log_members(int index, double removed) const;  // (N_2 - removed) log ell
  double log_miss(int index) const;                     // log(1 - ell^{N_2})
  double log_classes(int index, int removed) const;     // (N_1 - removed) log psi
  double log_inside(int which, int index) const;        // what one class contributes, at its shift
  double log_own(int which, int index) const;           // log E_g of it
  template <class F, class Weight>
  double integral(const F& f, const Weight& weight) const;

  double L1_, L2_, A1_, A2_, step_;
  std::shared_ptr<const LevelLaw> normal_;
  int centre_;
  // Shared by all averages. Not for concurrent use.
  mutable std::array<Table, 8> moments_, inside_, own_;
  mutable Table survival_, miss_, classes_;
  mutable std::array<int, 9> hints_{};  ///< where the last maximum was, relative to its index
};

/// a_1 and a_2: where classes and members would condense alone.
struct TwoLevelCritical {
  double classes, members;
};
TwoLevelCritical two_level_critical(double log_classes, double log_members, double share);
/// L -> infinity at fixed L_1/L, unplanted: E[Y_C] and E[Y].
double two_level_class_limit(const TwoLevelCritical& critical, double a);
double two_level_member_limit(const TwoLevelCritical& critical, double a);

}  // namespace symbreak::theory
