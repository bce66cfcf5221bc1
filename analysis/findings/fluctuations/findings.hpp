// What the files of this folder share. May depend on: analysis, analysis/findings/common.
#pragma once
#include <optional>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::fluctuations {

/// lambda_max(C): the eigenvalue where it was accumulated, else <M^2>/N.
Value eigenvalue(const Point& point);
/// Second-moment correlation length (Cooper, Freedman & Preston 1982):
/// xi = sqrt(S(0)/S(k_1) - 1)/(2 sin(pi/L)).
std::optional<Value> correlation_length(const Point& point);

// Verdicts over points.

/// sigma^2 t_c against L at the target's own critical temperature: `exponent_gamma_over_nu`.
void size_scaling(const PointGroup& group, Findings& findings);
/// sigma^2 t_c against T above it, free of finite-size effects: `exponent_gamma_target`.
void temperature_scaling(const PointGroup& group, Findings& findings);
/// lambda_max(C) of mean-field disorder against the number of spins: `eigenvalue_limit`.
/// 1/lambda_max = z - K lambda_max(J) is linear in the largest eigenvalue of J, which approaches
/// its edge as N^{-2/3} (Tracy & Widom 1994): the inverse is extrapolated.
void disorder_limit(const PointGroup& group, Findings& findings);

}  // namespace symbreak::findings::fluctuations
