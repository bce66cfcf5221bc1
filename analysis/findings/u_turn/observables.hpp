// Names of what U-turns measure: those of all branching trajectories. May depend on:
// analysis/verdict.
#pragma once
#include "analysis/findings/common/branching_observables.hpp"

namespace symbreak::findings::u_turn {

namespace observable = branching::observable;
namespace fact = branching::fact;
namespace prediction = branching::prediction;

}  // namespace symbreak::findings::u_turn
