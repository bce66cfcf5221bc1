// Corrections to scaling fitted in the exponent, reported as a series.
// May depend on: analysis/fit/least_squares.hpp.
#pragma once
#include "analysis/fit/least_squares.hpp"

namespace symbreak::fit {

/// Parameters (..., log A, ..., b_1, ..., b_K): log A at `amplitude` becomes A, the last
/// `corrections` b_k become the coefficients c_k of exp(b_1 u + b_2 u^2 + ...) = 1 + c_1 u + ...,
/// with k c_k = sum_{j<=k} j b_j c_{k-j} and d c_k / d b_j = c_{k-j}; covariance and errors follow.
void exponentiate(Fit& fit, Index amplitude, Index corrections);

}  // namespace symbreak::fit
