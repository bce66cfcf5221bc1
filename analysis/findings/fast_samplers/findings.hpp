// From few-step samples to verdicts, improvement factors and figures. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per point: `score_evaluations` against the method's count; `branch_occupation` of the
/// first class against the sampler's own law (one dimension); `kl_divergence` of Gaussian data
/// against the exact linear recursion. A few-step sampler need not reproduce the target: its
/// distance to the target is drawn, not judged. Notes: improvement of a Gaussian late start over
/// pure noise at equal evaluations.
verdict::Findings analyse_fast_samplers(const verdict::Result& result);

}  // namespace symbreak::experiment
