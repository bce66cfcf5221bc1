// Guided generation of one of e^{alpha d} classes. May depend on: analysis.
#pragma once
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::guided_generation {

/// Of every point: `shift_of_mean`, E (x - mu).mu/|mu|^2, and `condensation_noise`, where the mean
/// P(class|x) along the runs crosses 1/2, beside its limit (no verdict: it is reached more slowly than
/// 1/d, since runs that condense early are pushed no more). Over at least three dimensions of a run
/// what the first and `guided_spread` differ from their limits by, extrapolated in 1/d (to second
/// order from five dimensions on): verdicts `shift_limit` and `spread_limit`, and `finite_size`, the
/// coefficient of 1/d.
void many_classes(const Result& result, Findings& findings);

}  // namespace symbreak::findings::guided_generation
