// Points in the order of their noise. May depend on: analysis.
#pragma once
#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings {

/// Groups of points that differ in this key alone, in the order of their other keys; points without
/// a noise first, then by rising noise (fact `noise`).
std::vector<PointGroup> points_by_noise(const verdict::Result& result, const std::string& key);

}  // namespace symbreak::findings
