// Power laws with corrections to scaling, zero crossings, finite-size extrapolation.
// May depend on: analysis/fit/least_squares.hpp, analysis/statistics.
#pragma once
#include <vector>

#include "analysis/fit/least_squares.hpp"

namespace symbreak::fit {

/// y = A x^p (1 + c_1 x^w + c_2 x^{2w} + ...), x > 0, y > 0, `corrections` terms, fitted as
/// log y = log A + p log x + log(1 + ...). value = (p, A, c_1, ...). `w` is the correction
/// exponent. sigma are the errors of y.
struct PowerLaw {
  int corrections = 1;
  double correction_exponent = 1;
};
Fit power_law(const VectorXd& x, const VectorXd& y, const VectorXd& sigma, PowerLaw options = {});

/// The same fit in the widest window x <= x_max for which chi2/dof is acceptable (p > 0.05), with
/// window_shift = largest |change| of p over the neighbouring windows. For deterministic data pass
/// the numerical errors as sigma: the error of p is then the larger of the propagated one and the
/// change when one more correction term is added or the window is halved.
Fit power_law_scan(const VectorXd& x, const VectorXd& y, const VectorXd& sigma,
                   PowerLaw options = {});
Fit power_law_deterministic(const VectorXd& x, const VectorXd& y, const VectorXd& sigma,
                            int max_corrections = 6);

/// Zero of a smooth sampled function near its sign change: local polynomial of rising degree, error
/// from the last change of degree and from sigma. value = (root, slope). Throws
/// std::invalid_argument when there is no sign change.
Fit root(const VectorXd& x, const VectorXd& y, const VectorXd& sigma, int degree);

/// Crossing of two curves y_1(x), y_2(x): polynomials of `degree` fitted to both with their errors;
/// value = (x_cross, y_cross), errors by parametric bootstrap of the polynomials (seeded).
Fit crossing(const VectorXd& x, const VectorXd& y1, const VectorXd& sigma1, const VectorXd& y2,
             const VectorXd& sigma2, int degree, std::uint64_t seed);

/// q(n) = q_inf + a n^{-w} (+ b n^{-2w}): value = (q_inf, a, ...). `terms` >= 1.
Fit extrapolate(const VectorXd& n, const VectorXd& q, const VectorXd& sigma, double w, int terms);

}  // namespace symbreak::fit
