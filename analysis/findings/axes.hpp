// What the axes of recorded arrays are. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

/// Names the axes of every array of a result and finds their values, by what the observables.hpp of
/// its kind declares; axes that nothing is said of are called axis_1, axis_2, ...
void name_axes(verdict::Result& result);

}  // namespace symbreak::findings
