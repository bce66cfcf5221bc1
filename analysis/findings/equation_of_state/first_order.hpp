// Folds and coexistence of recorded branches. May depend on: analysis.
#pragma once
#include <optional>

#include "analysis/findings/common/series.hpp"

namespace symbreak::findings::equation_of_state {

/// Time of the fold (spinodal) of the highest noise off the symmetric branch, one order axis: the
/// squared distance of the two branches that it joins is analytic in t and vanishes there; t as a
/// function of it is extrapolated to zero.
std::optional<Measured> fold(const TimeSeries& series);

/// Time at which the outermost branch of an even target has the potential of the stable centre.
std::optional<Measured> equal_potential(const TimeSeries& series);

}  // namespace symbreak::findings::equation_of_state
