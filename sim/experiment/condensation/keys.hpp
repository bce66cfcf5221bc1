// Keys of the condensation experiment. May depend on: sim/deck.
#pragma once
#include <vector>

#include "sim/deck/key.hpp"

namespace symbreak::experiment {

std::vector<deck::Key> condensation_keys();

}  // namespace symbreak::experiment
