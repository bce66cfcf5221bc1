// Speciation by second moments over the dimensions of a run. May depend on: analysis.
#pragma once
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::speciation {

/// Two classes of one mean and of variances v +- dv/2 are told apart at G = d dv^2/(8 (v + s)^2) = 1
/// as d grows: v + s* = dv sqrt(d/8), hence t* = (1/4) ln d + ... in the clock of Ornstein and
/// Uhlenbeck, where s = e^{2t} - 1 (by first moments: (1/2) ln d). The slope of t* itself is off by
/// 5 % at d = 4096, as v is no part of s*: ln(v + s*) is fitted, with the next order 1/d.
/// Verdict `speciation_exponent`, from at least 4 dimensions; and a figure.
void equal_means(const Result& result, Findings& findings);

}  // namespace symbreak::findings::speciation
