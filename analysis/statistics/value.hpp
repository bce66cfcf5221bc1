// A number and how well it is known. May depend on: nothing.
#pragma once

namespace symbreak::statistics {

/// A value with one standard (or numerical) error.
struct Value {
  double value = 0, error = 0;
};

}  // namespace symbreak::statistics
