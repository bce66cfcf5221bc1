// Power laws with corrections to scaling, zero crossings, finite-size extrapolation.
// May depend on: analysis/fit/least_squares.hpp, analysis/statistics.
// All throw std::invalid_argument where least_squares.hpp does, and where said below.
#pragma once
#include <cstdint>

#include "analysis/fit/least_squares.hpp"

namespace symbreak::fit {

/// y = A x^p (1 + c_1 x^w + c_2 x^{2w} + ...), x > 0, y > 0 (F. Wegner, Phys. Rev. B 5 (1972)
/// 4529), with `corrections` terms. Fitted as log y = log A + p log x + sum_k b_k x^{kw}, which is
/// linear, has one minimum, and is the same series: c_k are the Taylor coefficients of
/// exp(sum b_k x^{kw}). When an error exceeds 2 % of its y, where the logarithm would bias, the fit
/// is finished in y itself. value = (p, A, c_1, ...); `w` is the correction exponent; sigma are the
/// errors of y. Bias: truncation of the series, seen in power_law_scan.
struct PowerLaw {
  int corrections = 1;
  double correction_exponent = 1;
};
Fit power_law(const VectorXd& x, const VectorXd& y, const Errors& errors, PowerLaw options = {});

/// The same fit in the widest window x <= x_max for which chi2/dof is acceptable (p > 0.05), with
/// window_shift = largest |change| of p over the neighbouring windows: up to 30 % fewer points at
/// the far end, or without the one or two nearest to the critical point. `converged` is false when
/// no window is acceptable; then it is the narrowest.
Fit power_law_scan(const VectorXd& x, const VectorXd& y, const Errors& errors,
                   PowerLaw options = {});

/// Power law through data of a solver, sigma their numerical errors (at least 4 roundings are
/// assumed). Over all windows x <= x_max (each 3/4 of the points of the one before) and numbers of
/// corrections up to `max_corrections`, the fit with the least error of p. That error is the
/// largest of the propagated one (times sqrt(chi2/dof) if above 1) and the changes of p when one
/// correction is left out and when the window is reduced by a quarter (= window_shift). Errors of
/// the other parameters are the propagated ones. chi2 measures truncation here, not chance.
Fit power_law_deterministic(const VectorXd& x, const VectorXd& y, const VectorXd& sigma,
                            int max_corrections = 6);

/// Zero next to `guess` of a polynomial of `degree` through all data. value = (root, slope), with errors
/// to first order; NaN where Newton's iteration finds none within twice the span of x.
Fit polynomial_zero(const VectorXd& x, const VectorXd& y, const Errors& errors, int degree,
                    double guess);

/// Zero of a smooth sampled function near its most significant sign change: polynomials of degree
/// 1 to `degree` through the 2(degree+1) nearest points. Error: the larger of the propagated one
/// (times sqrt(chi2/dof) where chance does not explain it, as of solved data)
/// and the last change of degree (none for degree 1: pass 2 or more for exact data).
/// value = (root, slope). Throws std::invalid_argument when there is no sign change.
Fit root(const VectorXd& x, const VectorXd& y, const Errors& errors, int degree);

/// Index i of the sign change between i and i + 1 that best divides the data, points weighted by
/// their significance: with noise there may be several next to one another. -1 if there is none.
Index sign_change(const VectorXd& y, const VectorXd& sigma);

/// Crossing of two curves y_1(x), y_2(x): polynomials of `degree` fitted to both with their errors;
/// value = (x_cross, y_cross); errors are half the central 68.3 % of 1000 parametric bootstrap
/// samples of the polynomials (seeded), which a nearly parallel pair does not ruin. chi2 and dof of
/// both fits together. `converged` is false when more than 1 % of the samples do not cross.
/// Throws std::invalid_argument when the curves do not cross in the data.
Fit crossing(const VectorXd& x, const VectorXd& y1, const Errors& errors1, const VectorXd& y2,
             const Errors& errors2, int degree, std::uint64_t seed);

/// The maximum next to x = 0 of a polynomial of `degree` through all data, |x| of order 1. `bends` is
/// false when Newton's iteration left the range where it is concave, and stopped there.
struct Peak {
  double x = 0;
  statistics::Value height{};  ///< at a maximum its location does not enter to first order
  bool bends = true;
};
Peak peak(const VectorXd& x, const VectorXd& y, const Errors& errors, int degree);

/// q(n) = q_inf + a n^{-w} (+ b n^{-2w} ...): value = (q_inf, a, ...). `terms` >= 1.
Fit extrapolate(const VectorXd& n, const VectorXd& q, const Errors& errors, double w, int terms);

}  // namespace symbreak::fit
