// What the files of this folder share. May depend on: analysis, analysis/findings/common.
#pragma once
#include <optional>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings::fluctuations {

/// lambda_max(C): the eigenvalue where it was accumulated, else <M^2>/N.
Value eigenvalue(const Point& point);
/// Second-moment correlation length (Cooper, Freedman & Preston 1982):
/// xi = sqrt(S(0)/S(k_1) - 1)/(2 sin(pi/L)).
std::optional<Value> correlation_length(const Point& point);

/// What is known about the class of a clean lattice.
struct LatticeClass {
  double critical_temperature, gamma, gamma_over_nu;
  const char* source;
  double dimension;
  double beta_over_nu() const { return (dimension - gamma_over_nu) / 2; }  ///< hyperscaling
};
std::optional<LatticeClass> class_of(const Point& point);

// Pictures (figures.cpp).

/// |m|, U4, xi/L and chi against T, a curve for each L with at least 3 temperatures, and their
/// finite-size-scaling collapse where the class is known. The group: points of all L and T.
void draw_over_temperature(const PointGroup& group, Findings& findings);
/// S(k) of all points; of many, a figure for each size.
void draw_structure(const Result& result, Findings& findings);

// Verdicts over points.

/// sigma^2 t_c against L at the target's own critical temperature: `exponent_gamma_over_nu`.
void size_scaling(const PointGroup& group, Findings& findings);
/// sigma^2 t_c against T above it, free of finite-size effects: `exponent_gamma_target`.
void temperature_scaling(const PointGroup& group, Findings& findings);
/// lambda_max(C) of mean-field disorder against the number of spins: `eigenvalue_limit`.
/// 1/lambda_max = z - K lambda_max(J) is linear in the largest eigenvalue of J, which approaches
/// its edge as N^{-2/3} (Tracy & Widom 1994): the inverse is extrapolated.
void disorder_limit(const PointGroup& group, Findings& findings);

}  // namespace symbreak::findings::fluctuations
