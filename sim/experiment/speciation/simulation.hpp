// Two clones of one noised datum. May depend on: sim/experiment/common.
#pragma once
#include <memory>

#include "sim/experiment/common/branching.hpp"

namespace symbreak::experiment::speciation {

/// One work unit; `setting` outlives it.
std::unique_ptr<measure::Simulation> simulation(const Branching& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::speciation
