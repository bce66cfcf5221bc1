// From late starts to verdicts, the critical start and figures. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts: `late_start_divergence` per point against quadrature (one dimension);
/// `branch_occupation` of the first class against E P(class|x) at the start, per point;
/// `critical_start` over the start times, where the divergence bends most in ln s, in the unit
/// q = 1/s, with the error of refitting resampled curves.
verdict::Findings analyse_late_start(const verdict::Result& result);

}  // namespace symbreak::experiment
