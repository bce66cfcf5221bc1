// Where memorization sets in along training, and how that time grows with the number of data.
// May depend on: analysis.
#pragma once
#include <optional>
#include <vector>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::samples {

/// Memorized share less that of held-out data (0 where there are none).
Value excess(const Point& point);

/// The number (fact) at which the excess first crosses its level from below: linear in the logarithm
/// of the number between the two files around it. Error: that of the excess at both over the slope,
/// and a tenth of the interval for what is not linear in it. `group`: points by rising number.
std::optional<Value> memorization_time(const PointGroup& group);

/// a of tau ~ N^a: straight line through ln tau against ln N, at least two different sizes. With more
/// than two its error is that of the fit, widened where it does not fit.
std::optional<Value> memorization_exponent(const std::vector<double>& sizes,
                                           const std::vector<Value>& times);

}  // namespace symbreak::findings::samples
