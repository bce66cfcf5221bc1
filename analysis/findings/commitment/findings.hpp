// Clone probabilities, identities of an exact score, and where typical states are stable.
// May depend on: analysis, analysis/findings/common/grouping.hpp.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per point: `clone_probability` against phi(G) where the classes are known to be two
/// narrow ones, `class_identity` and `stiffness_identity` (exact for every target). Figures: the
/// clone probability and the stiffness against t with the noiseless line, per group of other keys.
verdict::Findings analyse_commitment(const verdict::Result& result);

}  // namespace symbreak::experiment
