// What the recorded samples of a run mean. One folder a kind of experiment, of the same name as in
// sim/experiment, and what they share in common/. Pure functions of results: no target, no MPI, no
// HDF5. May depend on: analysis/{verdict,fit,theory,statistics}, sim/random.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

/// Exponents, crossings, verdicts, figures of a result by the kind of its experiment, and warnings
/// of observables that are no numbers. Throws std::out_of_range for a kind that this build does not
/// know.
verdict::Findings analyse(const verdict::Result& result);

}  // namespace symbreak::findings
