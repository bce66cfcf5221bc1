// The findings of the three ensembles of mode_softening, one file each. May depend on: analysis.
#pragma once
#include <map>
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings::mode_softening {

verdict::Findings branch(const verdict::Result& result);
verdict::Findings trajectories(const verdict::Result& result);
verdict::Findings equilibrium(const verdict::Result& result);

/// Softening, lengths, structure factors and rates of one point of trajectories.
void draw_trajectories(const verdict::Point& point, const std::map<std::string, std::string>& keys,
                       verdict::Findings& findings);

}  // namespace symbreak::findings::mode_softening
