// Folds and coexistence of recorded branches. May depend on: analysis.
#pragma once
#include <optional>

#include "sim/experiment/equation_of_state_series.hpp"

namespace symbreak::experiment {

/// Time of the fold (spinodal) of the highest noise off the symmetric branch, one order axis: along
/// the pair of branches that it joins, the top eigenvalue and t are smooth functions of m; the
/// first is 1 at the fold, where the second is extremal.
std::optional<Measured> fold(const TimeSeries& series);

/// Time at which the outermost branch of an even target has the potential of the stable centre.
std::optional<Measured> equal_potential(const TimeSeries& series);

}  // namespace symbreak::experiment
