// The standard normal law. May depend on: nothing.
#pragma once
#include <cmath>

namespace symbreak::theory {

/// P(z > u).
inline double upper_tail(double u) { return std::erfc(u / std::sqrt(2.0)) / 2; }

}  // namespace symbreak::theory
