// Planted states of a dataset of N = e^L points around the Shannon threshold I(Y;X_t) = L: weight
// of the true datum, w_1, at finite size. May depend on: analysis/theory.
#pragma once
#include "analysis/theory/information.hpp"

namespace symbreak::theory {

/// Near the threshold only the levels of the other points around L matter: those of a random-energy
/// model with the dispersion V of the information density i and as far from its own threshold,
/// e^{L - I + V/2} Gaussian levels of variance V, planted. Exact by quadrature for those.
///
///   weight    E[w_1], about Phi((I - L + log 2)/sqrt(V)): the log 2 is the deficit of the other
///             weights' sum, which at I = L is at its own condensation point
///   surprise  E[-log w_1] = L - I + Delta, where Delta, about (e^V - 1)/(2N) above the collapse,
///   is
///             the finite-size term. Direct simulation of +-1 data (d = 64, N = 30): Delta good to
///             2 % for L > I.
struct PlantedLaw {
  double weight, surprise;
};
PlantedLaw planted_law(const Information& information, double log_count);

/// E[w_1] at the threshold. `error`: bound on what is neglected.
struct ThresholdWeight {
  double value, error;
};
/// At I = L the levels of the other points around L decide, and only their law there. It is that of
/// a random-energy model of the same dispersion, exp(V/2) levels at its critical point, whose
/// planted weight B(V) = 1/2 + log 2/sqrt(2 pi V) - (1 - log 2)/(pi V) + ... is exact by
/// quadrature. To it come, with s = third/V^{3/2} the skewness of the information density i and
/// rho^2 = Var(E[i|x])/V, q = 1/sqrt(2 pi):
///   - s q/6                                      P(i > L) of a skewed law
///   - s/(6 pi sqrt V)                            the same in the sum of the other weights
///   + s q (pi^2/6 + log(2)^2/2)/(2V)             slope of the density of i at L
///   + q (E[-log Phi(rho z)] - log 2)/sqrt V      L - E[i|x] differs from state to state
///   - rho^2 log 2/(pi V)                         and so does the slope.
/// The skewness counts at order V^{-1/2}, as much as log 2 does: +-1 data at alpha = .24 collapse
/// 2 % (in t) earlier with it than without. Derived here; direct simulation at d = 16 to 64, N = 10
/// to 30000 (Gaussian, sphere, binary) deviates by at most .23 rho^2/V: error = rho^2/(4V).
ThresholdWeight threshold_weight(const Information& information, double log_count);

}  // namespace symbreak::theory
