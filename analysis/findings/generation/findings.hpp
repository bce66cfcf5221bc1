// Figures of reverse trajectories. May depend on: analysis.
#pragma once
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings::generation {

/// Overlap, order parameter and its distribution, entropy production of one point against time.
/// `suffix`: what tells its files from those of other points.
void draw(const verdict::Point& point, const std::string& suffix, verdict::Findings& findings);

}  // namespace symbreak::findings::generation
