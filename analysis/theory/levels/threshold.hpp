// Planted states of a dataset of N = e^L points around the Shannon threshold I(Y;X_t) = L: weight
// of the true datum, w_1, at finite size. May depend on: analysis/theory.
#pragma once
#include "analysis/theory/information.hpp"

namespace symbreak::theory {

/// Near the threshold only the levels of the other points around L matter: those of a random-energy
/// model with the dispersion V of the information density i and as far from its own threshold,
/// e^{L - I + V/2} Gaussian levels of variance V, planted. Exact by quadrature for those.
///
///   weight: E[w_1], about Phi((I - L + log 2)/sqrt(V)). The log 2 is the deficit of the other
///     weights' sum, which at I = L is at its own condensation point.
///   surprise: E[-log w_1] = L - I + Delta. The finite-size term, Delta ~ (e^V - 1)/(2N) above the
///     collapse, is good to 2 % for L > I (direct simulation of +-1 data, d = 64, N = 30).
struct PlantedLaw {
  double weight, surprise;
};
PlantedLaw planted_law(const Information& information, double log_count);

/// E[w_1] at the threshold. `error`: bound on what is neglected.
struct ThresholdWeight {
  double value, error;
};
/// With u = i - L, S the sum of the other weights e^u and p(u|x) the density of the datum's own,
///   E[w_1] = E_x int du p(u|x) E[1/(1 + e^{-u} S)]
///          = P(u > 0) - E_x[p(0|x) E log S] - E_x[p'(0|x) E(pi^2/6 + log(S)^2/2)] + ...,
/// and S is P(u < 0|x) on average: the levels below the highest. For Gaussian levels this is their
/// planted weight, 1/2 + log 2/sqrt(2 pi V) - (1 - log 2)/(pi V) + ... at I = L. To it come, with
/// s = third/V^{3/2} the skewness of i, rho^2 = Var(E[i|x])/V and q = 1/sqrt(2 pi):
///   - s q/6                                      P(u > 0) of a skewed law
///   - s/(6 pi sqrt V)                            the same in S
///   + s q (pi^2/6 + log(2)^2/2)/(2V)             slope of p at 0 of a skewed law
///   + q (E[-log Phi(rho z)] - log 2)/sqrt V      E[i|x] differs from state to state, and so does S
///   - rho^2 log 2/(pi V)                         together with the slope of p(u|x).
/// The skewness counts at order V^{-1/2}, as much as log 2 does: without it t_C of +-1 data at
/// alpha = .24 (d = 64) is measured 1.4 % too large. Derived here; of order rho^2/V not all is
/// kept: direct simulation at d = 16 to 64, N = 10 to 1000 (Gaussian, sphere, binary) deviates by
/// at most .23 rho^2/V, hence error = rho^2/(4V).
ThresholdWeight threshold_weight(const Information& information, double log_count);

}  // namespace symbreak::theory
