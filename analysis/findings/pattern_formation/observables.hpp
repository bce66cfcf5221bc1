// Names of what `pattern_formation` measures and sets up. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/lattice_observables.hpp"

namespace symbreak::findings::pattern_formation {

namespace observable = lattice::observable;
namespace fact = lattice::fact;

}  // namespace symbreak::findings::pattern_formation
