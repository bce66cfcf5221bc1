// Tails of the laws that errors belong to. May depend on: analysis/statistics/value; Boost.Math in
// the one .cpp.
#pragma once
#include <span>

#include "analysis/statistics/value.hpp"

namespace symbreak::statistics {

/// The deviate of a unit normal that is as rare as t is for Student's law of `dof` degrees of
/// freedom, same sign: the z of a deviation in units of an error that is itself an estimate.
/// Infinite dof: t itself. NaN for dof that are not positive.
double normal_deviate(double t, double dof);

/// The same for a sum of squares of `n` unit normals; positive: the sum is too large. Each tail
/// counts for itself, so that |z| > 3 has probability .0027 in all.
double chi_squared_deviate(double sum, double n);

/// P(|z| >= |deviate|) of a unit normal.
double two_sided(double deviate);

/// P(F >= ratio) for two estimates of one variance; NaN when it cannot be said.
double f_tail(double ratio, double dof_1, double dof_2);

/// The squared errors of independent estimates add, and so does their noise, of relative variance
/// 2/dof: dof = (sum e^2)^2/sum(e^4/dof) (F. E. Satterthwaite, Biometrics Bull. 2 (1946) 110, eq.
/// 17; B. L. Welch, Biometrika 34 (1947) 28). Between the smallest dof and their sum.
double combined_dof(double error_1, double dof_1, double error_2, double dof_2);

/// Degrees of freedom of the variance of n independent values, `dof` where they are normal: its
/// relative variance is 2/dof + kappa/n with their excess kurtosis kappa (H. Cramer, Mathematical
/// Methods of Statistics (1946), eq. 27.4.2). A rare event that was seen m times gives kappa = n/m,
/// 2 m degrees; once, and whenever a single value makes the variance: .5, which no verdict takes for
/// an error. Kurtosis counts from 3 of its standard errors for normal values, (24/n)^1/2.
double degrees_of_freedom(std::span<const double> values, double dof);

/// Sum and difference of independent estimates.
Value operator+(Value a, Value b);
Value operator-(Value a, Value b);
inline Value operator*(double factor, Value a) {
  return {factor * a.value, factor < 0 ? -factor * a.error : factor * a.error, a.dof};
}

}  // namespace symbreak::statistics
