// Weighted least squares with full covariance, and the fits of critical phenomena built on it.
// May depend on: Eigen, Boost.Math, analysis/statistics.
#pragma once
#include <Eigen/Core>
#include <functional>
#include <string>
#include <vector>

#include "analysis/fit/errors.hpp"
#include "analysis/statistics/value.hpp"

namespace symbreak::fit {

struct Fit {
  VectorXd value, error;  ///< parameters and one standard error
  VectorXd error_dof;     ///< of `error`; infinite where the errors of the data are known
  MatrixXd covariance;
  Noise noise{};  ///< of the parameters, due to each datum
  double chi2 = 0;
  Index dof = 0;
  double p_value = 1;  ///< P(chi2 >= observed); NaN when dof = 0
  bool converged = true;
  std::string window;  ///< what was fitted, in words: "12 points, |tau| in [0.01, 0.2]"
  double window_shift =
      0;  ///< largest change of parameter 0 when the window is moved, see power_law_scan()
  double chi2_per_dof() const { return dof > 0 ? chi2 / static_cast<double>(dof) : 0; }
  /// A parameter; its error times the root of chi2/dof where that is above 1, if `widened`.
  statistics::Value at(Index k, bool widened = false) const;
  /// From parameters to functions of them: what is known of `value` becomes what is known of these.
  void transform(const VectorXd& functions, const MatrixXd& jacobian);
};

/// P(chi2 >= observed) with `dof` degrees of freedom; NaN when dof = 0.
double survival(double chi2, Index dof);

/// chi2 = r^T C^-1 r with residuals r and C the covariance of the data; parameters at its minimum,
/// covariance (J^T C^-1 J)^-1 with J = d model / d parameters, not rescaled by chi2/dof (the errors
/// of the data are meant); p_value = Q(dof/2, chi2/2). W. H. Press et al., Numerical Recipes
/// (2007), chapter 15. Errors with degrees of freedom are moderated first, and the covariance is
/// widened to that of estimated weights (errors.hpp). All fits throw std::invalid_argument when sizes
/// do not match, there are fewer data than parameters, an error is not positive and finite, or a datum
/// is not finite.

/// y_i = sum_k design_ik p_k, independent errors sigma_i (column-pivoted QR of the weighted design;
/// throws when its columns are linearly dependent). Cost: O(data parameters^2).
Fit linear(const MatrixXd& design, const VectorXd& y, const Errors& errors);
/// The same for the straight line y = c + a x: value (c, a).
Fit line(const VectorXd& x, const VectorXd& y, const Errors& errors);
/// Same with the covariance matrix of y, whitened by its Cholesky factor. A covariance estimated
/// from fewer samples than a few times the data is not usable here. `noise` is what that covariance
/// comes from: it gives the errors their degrees of freedom (infinite without it).
Fit linear_correlated(const MatrixXd& design, const VectorXd& y, const MatrixXd& covariance,
                      const Noise& noise = {});

/// Model f(p) -> predictions for all data. Levenberg-Marquardt (MINPACK as in Eigen), central
/// differences with steps of 6e-6 of the parameter or of its start (1 if that is 0); `converged` is
/// false when the minimum was not reached to rounding or is degenerate.
using Model = std::function<VectorXd(const VectorXd& parameters)>;
Fit nonlinear(const Model& model, const VectorXd& start, const VectorXd& y, const Errors& errors);

}  // namespace symbreak::fit
