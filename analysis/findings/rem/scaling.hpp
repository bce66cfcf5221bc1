// Finite-size scaling of random-energy ensembles over the M of a run. May depend on: analysis.
//
// Around beta_c everything depends on z = (beta/beta_c - 1) sqrt(2L), L = log N (the crossover of
// Derrida 1981; moments of Y at z = 0: Monthus & Garel, cond-mat/0703017):
//     unplanted  E[Y] sqrt(L) = f(z) + g(z)/sqrt(L) + h(z)/L,  f = e^{-z^2/2}/(2 sqrt(pi) Phi(-z))
//     planted    E[w_1]       = f(z) + g(z)/sqrt(L) + h(z)/L,  f = Phi(z)
// f, g, h are fitted as polynomials, beta_c and the exponent of L are free: nothing of the theory
// but the form of its corrections enters.
#pragma once
#include <vector>

#include "analysis/findings/rem/findings.hpp"

namespace symbreak::findings::rem {

/// Verdicts, Gaussian levels only (their beta_c does not depend on M), each where the deck has the
/// data for it:
///   critical_beta          collapse over at least 4 M, error by jackknife over disorder samples
///   participation_ratio_limit   E[Y] at M -> infinity against 1 - beta_c/beta, per a >= 1.2
///   critical_amplitude     E[Y] sqrt(pi L) at a = 1, M -> infinity, against 1
void rem_scaling(const std::vector<RemPoint>& points, verdict::Findings& findings);
std::vector<verdict::Figure> rem_scaling_figures(const std::vector<RemPoint>& points,
                                                 const verdict::Findings& findings);

}  // namespace symbreak::findings::rem
