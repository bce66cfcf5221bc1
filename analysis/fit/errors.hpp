// Errors of data that are themselves estimates. May depend on: Eigen, Boost.Math.
//
// A weight 1/s^2 from nu degrees of freedom favours data whose errors came out too small, and the
// propagated error believes them: at nu = 7 a fit is beyond 3 of its errors ten times as often as a
// normal law says, at nu = 3 fifty times. Against it: errors lend each other strength, the rest is
// added to the parameters' errors, and these have degrees of freedom of their own.
#pragma once
#include <Eigen/Core>
#include <utility>

namespace symbreak::fit {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Standard errors of data, and the degrees of freedom that each was estimated from.
struct Errors {
  VectorXd sigma;
  VectorXd dof{};  ///< infinite: known; empty: all known
  template <class Known>
  Errors(const Eigen::MatrixBase<Known>& known) : sigma(known) {}  // NOLINT: they are errors
  Errors(VectorXd estimated, VectorXd freedom)
      : sigma(std::move(estimated)), dof(std::move(freedom)) {}
  /// Those of some data: indices, or a range of them.
  template <class Rows>
  Errors of(const Rows& rows) const {
    return {sigma(rows), dof.size() > 0 ? VectorXd(dof(rows)) : VectorXd()};
  }
};

/// Errors shrunk towards a line through their logarithms in the order of the data (a constant below
/// 6 data), as far as their scatter is what chance makes of equal ones, with the degrees of freedom
/// that this adds: G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004) 3, eqs. (9) to (13), with a
/// trend. Known errors stay. In fewer than 3 data nothing can be seen: they stay too.
Errors moderated(const Errors& errors);

/// Standard errors of parameters and their degrees of freedom (Welch-Satterthwaite).
struct Propagated {
  VectorXd error, dof;
};
/// Of a linear fit of data with unit errors of `dof`, parameters = covariance J^T data: each datum's
/// part of the variance is widened by 1 + 4 (1 - h)/dof, h its leverage, for the weights that were
/// estimated with it: P. Meier, Biometrics 9 (1953) 59, eq. (3), there for a mean.
Propagated propagated(const MatrixXd& jacobian, const MatrixXd& covariance, const VectorXd& dof);

}  // namespace symbreak::fit
