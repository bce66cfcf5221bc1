// The collapse time against the number of data. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/condensation/groups.hpp"

namespace symbreak::findings::condensation {

/// Every measured `collapse_time` among the findings against N, beside I(Y;X_t) = log N; one curve
/// for equal other keys, where there are at least two N. None: no figure.
std::vector<Figure> collapse_curve(const Findings& findings, const Groups& all);

}  // namespace symbreak::findings::condensation
