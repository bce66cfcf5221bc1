// Which of several scores one is nearest to, along the noise. May depend on: analysis.
#pragma once
#include <optional>
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::score_comparison {

/// A stretch of noise levels over which one score is the nearest.
struct Stretch {
  std::size_t reference = 0;     ///< of kScores
  std::optional<Value> until{};  ///< noise at its lower end; none: the last level
};

/// From high to low noise. A crossing is where the difference of the two distances, linear in ln s
/// between neighbouring levels, vanishes; a score takes over when it is nearer by more than two
/// standard errors, so that equals do not alternate. Empty with fewer than two scores.
std::vector<Stretch> followed(const Point& point);

/// |A|^2/|J|^2 at a level, A = (J - J^T)/2.
Value curl_share(const Point& point, Index level);

}  // namespace symbreak::findings::score_comparison
