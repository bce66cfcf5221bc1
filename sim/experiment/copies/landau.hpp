// What mean-field theory predicts for a finite number of copies of a target at its critical point.
// May depend on: sim/target, analysis/theory.
//
// n copies coupled through their sum give the auxiliary field x the density exp(-n beta Ft(x)),
// Ft = |x|^2/2 - log(Z)/beta (Ambrogioni 2024, eqs. 8-11). In the order plane x = sum_a m_a u_a,
// at noise s = 1/beta close to the critical s_c = lambda, with tau = s/s_c - 1 and |u_a|^2 = |u|^2,
//     n beta Ft = n [ (|u|^2/2 lambda) tau |m|^2 + q(m/|m|) |m|^4 + ... ],
// hence with m = n^{-1/4} xi and z = tau sqrt(n) the scaling law p(xi) ~ exp(-a z xi^2/2 - q xi^4),
// a = |u|^2/lambda (Brezin & Zinn-Justin 1985 for the zero-dimensional phi^4 integral).
#pragma once
#include <optional>

#include "analysis/theory/landau.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::copies {

/// Even Taylor coefficient of n beta Ft/n along directions of the order plane, from log Z alone.
/// nullopt when the target has no critical noise, its transition is not continuous (q <= 0), the
/// posterior mean leaves the order plane (then the field across it renormalises q), or an
/// anisotropic plane has more than two components.
std::optional<theory::LandauLaw> landau(const target::Target& target);

/// Whether <y> stays in the order plane for x in it, as a symmetry of the target enforces.
bool plane_is_invariant(const target::Target& target, double beta);

}  // namespace symbreak::experiment::copies
