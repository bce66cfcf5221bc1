// From pushes to response curves and the pulse ratio. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts: `guidance_response` per time by both estimators against linear response;
/// `pulse_ratio`, the largest response over that at random times (a parabola through the top of the
/// curve in ln s), against the ratio of the exact curve.
verdict::Findings analyse_guidance(const verdict::Result& result);

}  // namespace symbreak::experiment
