// Branches of an equation of state as curves. May depend on: analysis, analysis/findings/common.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "analysis/findings/common/series.hpp"

namespace symbreak::findings::equation_of_state {

inline constexpr int kStable = 0, kUnstable = 1;  ///< colours

struct Branch {
  VectorXd m;            ///< one component an order axis
  double potential = 0;  ///< F + x^2/(2 kappa)
  bool stable = true;
  double height() const;  ///< what is drawn: m, or |m| of several axes
};
std::vector<Branch> branches(const Point& point);

/// Branches joined over time to curves: each continues the nearest one of the same stability, by
/// its vector, the nearest pairs first. Where a branch is as far from two old ones, they merge and
/// a new curve starts. Ends within the spacing of times from a critical time are drawn into it, as
/// the square root of the distance that no grid resolves: a mirrored pair into the symmetric branch
/// where that changes its stability, a stable and an unstable branch into the fold between them.
/// Curves that lie on each other, as |m| of equal wells, are one.
std::vector<Curve> tracks(const TimeSeries& series,
                          const std::vector<std::pair<double, std::string>>& critical_times);

}  // namespace symbreak::findings::equation_of_state
