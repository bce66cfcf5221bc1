// From beliefs to the recovery threshold and figures. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts per set of points that differ in the strength alone (epsilon noise):
/// `recovery_threshold`, the belief p of the leaves at which the class is believed as much as they
/// are, against p* of the averaged recursion.
verdict::Findings analyse_random_hierarchy(const verdict::Result& result);

}  // namespace symbreak::experiment
