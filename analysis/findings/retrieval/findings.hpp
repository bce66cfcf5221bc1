// From recorded weights of data at their own place to the capacity of the modern Hopfield network.
// May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::experiment {

/// Verdicts, where the start is the datum itself: `capacity` per group of swept keys other than the
/// number of points, from log N at E[w_1] = 1/2 with the finite-size shift of the theory taken off;
/// `crosstalk` (exact mean at every N and d, points of equal norm); `energy_difference` and
/// `energy_rise`.
verdict::Findings analyse_retrieval(const verdict::Result& result);

}  // namespace symbreak::experiment
