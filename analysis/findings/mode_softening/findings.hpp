// The findings of the three ensembles of mode_softening, one file each. May depend on: analysis.
#pragma once
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings::mode_softening {

verdict::Findings branch(const verdict::Result& result);
verdict::Findings trajectories(const verdict::Result& result);
verdict::Findings equilibrium(const verdict::Result& result);

}  // namespace symbreak::findings::mode_softening
