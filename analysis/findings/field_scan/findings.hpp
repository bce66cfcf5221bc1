// The branch m(s) read off M(H), its exponents, and the target's own at its critical point.
// May depend on: analysis, sim/diffusion (clock), analysis/findings/common/grouping.hpp.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per point. Away from the target's critical point: `critical_time` (s_c = lim M/H),
/// `exponent_beta` and `exponent_delta` from s = s_c (1 - A m^{1/beta}(1 + c m^2)), h = s_c H - m.
/// At the critical point of the square lattice: `exponent_delta_target` = 15 and
/// `exponent_branch` = -1/14, m ~ s^{-1/14}, from fields beyond the finite-size range. Figures: the
/// branches, the isotherms, local exponents against s.
verdict::Findings analyse_field_scan(const verdict::Result& result);

}  // namespace symbreak::experiment
