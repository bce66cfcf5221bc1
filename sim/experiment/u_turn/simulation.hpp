// Data noised to a time t and run back once. May depend on: sim/experiment/common.
#pragma once
#include <memory>

#include "sim/experiment/common/branching.hpp"

namespace symbreak::experiment::u_turn {

/// One work unit; `setting` outlives it.
std::unique_ptr<measure::Simulation> simulation(const Branching& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::u_turn
