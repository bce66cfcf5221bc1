// From recorded weights to the collapse time and the exact identities. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts: `true_weight_identity`, `map_identity` (exact at every N, d, t; one row each, pooled
/// over all points); per group of swept keys other than t: `collapse_time` where a law predicts it.
/// Figures: the weights, Y and its median, the entropy against t.
verdict::Findings analyse_condensation(const verdict::Result& result);

}  // namespace symbreak::experiment
