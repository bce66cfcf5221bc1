// From fluctuations of clean spins to critical times and the target's exponents in them.
// May depend on: analysis, sim/diffusion (clock), analysis/findings/common/grouping.hpp.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per point: `critical_time` and `energy` where they are known exactly; the eigenvalue of
/// disordered samples against exact sums. Over points: `exponent_gamma_over_nu` (sigma^2 t_c
/// against L at the target's T_c), `exponent_gamma_target` (against T above T_c at sizes beyond six
/// correlation lengths), `eigenvalue_limit` (mean-field disorder, N -> infinity).
verdict::Findings analyse_fluctuations(const verdict::Result& result);

}  // namespace symbreak::experiment
