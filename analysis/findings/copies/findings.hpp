// From recorded moments of the order parameter to critical exponents. May depend on: analysis,
// sim/diffusion (clock), copies_theory.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per group of swept keys other than t, n, h: `critical_time`, `binder_crossing`
/// (crossings of U4, extrapolated in n), `exponent_nu_bar`, `exponent_beta_over_nu_bar`,
/// `critical_amplitude` (finite-size scaling at the measured critical time), `exponent_beta`,
/// `exponent_gamma`, `exponent_gamma_prime`, `amplitude_ratio` (thermodynamic side), and
/// `exponent_delta` (critical isotherm). Figures: U4(t), the collapse, the crossings, the power
/// laws, the isotherm.
verdict::Findings analyse_copies(const verdict::Result& result);

}  // namespace symbreak::experiment
