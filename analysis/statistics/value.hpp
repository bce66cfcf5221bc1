// A number and how well it is known. May depend on: nothing.
#pragma once
#include <limits>

namespace symbreak::statistics {

/// Degrees of freedom of an error that is known, not estimated from a sample.
inline constexpr double kKnown = std::numeric_limits<double>::infinity();

/// A value with one standard (or numerical) error.
struct Value {
  double value = 0, error = 0;
  double dof = kKnown;  ///< of the error: its relative variance is 1/(2 dof)
};

}  // namespace symbreak::statistics
