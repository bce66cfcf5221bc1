// Names of what `pattern_formation` measures and sets up. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/lattice_observables.hpp"

namespace symbreak::findings::pattern_formation {

namespace observable {
using namespace lattice::observable;
}  // namespace observable

namespace fact {
using namespace lattice::fact;
}  // namespace fact

}  // namespace symbreak::findings::pattern_formation
