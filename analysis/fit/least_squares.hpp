// Weighted least squares with full covariance, and the fits of critical phenomena built on it.
// May depend on: Eigen, Boost.Math, analysis/statistics.
#pragma once
#include <Eigen/Core>
#include <functional>
#include <string>
#include <vector>

namespace symbreak::fit {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Fit {
  VectorXd value, error;  ///< parameters and one standard error
  MatrixXd covariance;
  double chi2 = 0;
  Index dof = 0;
  double p_value = 1;  ///< P(chi2 >= observed); NaN when dof = 0
  bool converged = true;
  std::string window;       ///< what was fitted, in words: "12 points, |tau| in [0.01, 0.2]"
  double window_shift = 0;  ///< largest change of parameter 0 when the window is moved, see scan()
  double chi2_per_dof() const { return dof > 0 ? chi2 / static_cast<double>(dof) : 0; }
};

/// y_i = sum_k design_ik p_k, independent errors sigma_i (QR; throws std::invalid_argument when
/// underdetermined).
Fit linear(const MatrixXd& design, const VectorXd& y, const VectorXd& sigma);
/// Same with the covariance matrix of y.
Fit linear_correlated(const MatrixXd& design, const VectorXd& y, const MatrixXd& covariance);

/// Model f(p) -> predictions for all data. Levenberg-Marquardt, numerical Jacobian.
using Model = std::function<VectorXd(const VectorXd& parameters)>;
Fit nonlinear(const Model& model, const VectorXd& start, const VectorXd& y, const VectorXd& sigma);
Fit nonlinear_correlated(const Model& model, const VectorXd& start, const VectorXd& y,
                         const MatrixXd& covariance);

}  // namespace symbreak::fit
