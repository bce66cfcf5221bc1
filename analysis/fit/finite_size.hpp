// A fit over several system sizes n at once: the collapse of curves onto one scaling function.
// May depend on: analysis/fit/least_squares.hpp. Sizes, couplings and data are given as equally
// long vectors, one entry per datum.
#pragma once
#include "analysis/fit/least_squares.hpp"

namespace symbreak::fit {

/// Q(t, n) = f((t - t_c) n^{1/nu}) + n^{-w} g((t - t_c) n^{1/nu}) for a dimensionless Q such as
/// Binder's cumulant (K. Binder, Z. Phys. B 43 (1981) 119; polynomial f and g as in A. M.
/// Ferrenberg & D. P. Landau, Phys. Rev. B 44 (1991) 5081). f and g are polynomials in
/// z = (t - t_c) n^{1/nu}, so the data must lie where f is smooth on the scale of the window.
/// value = (t_c, nu, f_0, f_1, ..., g_0, ...); f_0 + n^{-w} g_0 is Q at t_c.
/// The start is the best of a grid of t_c over the data and nu from 1/4 to 4, refined three times, at
/// each of which f and g are solved linearly; `converged` is false when the best fit lies outside of it.
/// Errors are moderated within each size.
struct Collapse {
  int degree = 3;                  ///< of f
  int corrections = 0;             ///< coefficients of g, 0 for none
  double correction_exponent = 1;  ///< w
};
Fit collapse(const VectorXd& t, const VectorXd& n, const VectorXd& q, const Errors& errors,
             Collapse options = {});

}  // namespace symbreak::fit
