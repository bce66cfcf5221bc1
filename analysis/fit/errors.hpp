// Errors of data that are themselves estimates. May depend on: Eigen, Boost.Math.
//
// A weight 1/s^2 from nu degrees of freedom favours data whose errors came out too small, and the
// propagated error believes them: at nu = 7 a fit is beyond 3 of its errors ten times as often as a
// normal law says, at nu = 3 fifty times. Against it: errors lend each other strength, the rest is
// added to the parameters' errors, and these have degrees of freedom of their own.
#pragma once
#include <Eigen/Core>
#include <utility>
#include <vector>

#include "analysis/statistics/value.hpp"

namespace symbreak::fit {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Standard errors of data, and the degrees of freedom that each was estimated from.
struct Errors {
  VectorXd sigma;
  VectorXd dof{};       ///< infinite: known; empty: all known
  bool shared = false;  ///< what moderated() returns: they have lent each other strength
  template <class Known>
  Errors(const Eigen::MatrixBase<Known>& known) : sigma(known) {}  // NOLINT: they are errors
  Errors(VectorXd estimated, VectorXd freedom, bool moderated = false)
      : sigma(std::move(estimated)), dof(std::move(freedom)), shared(moderated) {}
  /// Those of some data: indices, or a range of them.
  template <class Rows>
  Errors of(const Rows& rows) const {
    return {sigma(rows), dof.size() > 0 ? VectorXd(dof(rows)) : VectorXd(), shared};
  }
  /// Infinite ones where all are known.
  VectorXd freedom() const {
    return dof.size() > 0 ? dof : VectorXd::Constant(sigma.size(), statistics::kKnown);
  }
};

/// Data with their errors, side by side.
VectorXd values_of(const std::vector<statistics::Value>& data);
Errors errors_of(const std::vector<statistics::Value>& data);

/// Errors shrunk towards a line through their logarithms in the order of the data (a constant below
/// 6 data), as far as their scatter is what chance makes of equal ones, with the degrees of freedom
/// that this adds: G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004) 3, eqs. (9) to (13), with a
/// trend. Known errors stay. In fewer than 3 data nothing can be seen: they stay too. Fits moderate
/// what they are given; who fits parts of the data, one curve of many, moderates the whole before.
Errors moderated(const Errors& errors);
/// The same among data that have one label: one size of many.
Errors moderated(const Errors& errors, const VectorXd& label);

/// The noise of estimates that are linear in independent data: one standard error of each estimate
/// due to each datum, and the degrees of freedom of the data's errors.
struct Noise {
  MatrixXd parts{};  ///< estimates x data
  VectorXd dof{};
  MatrixXd covariance() const { return parts * parts.transpose(); }
  VectorXd error() const { return parts.rowwise().norm(); }
  /// Of error(), by Welch and Satterthwaite; infinite where all are known.
  VectorXd freedom() const;
  /// That of functions of the estimates.
  Noise of(const MatrixXd& jacobian) const { return {jacobian * parts, dof}; }
};
/// Of the same estimates, due to these data and to those.
Noise joined(const Noise& these, const Noise& those);

/// Standard errors that data of unit errors count with in a linear fit, parameters = covariance J^T
/// data: 1 where they are known, else widened for the weights that were estimated with them, variance
/// times 1 + 4 (1 - h)/dof, h the leverage: P. Meier, Biometrics 9 (1953) 59, eq. (3), there for a
/// mean.
VectorXd widening(const MatrixXd& jacobian, const MatrixXd& covariance, const VectorXd& dof);
/// Of the parameters of that fit.
Noise propagated(const MatrixXd& jacobian, const MatrixXd& covariance, const VectorXd& dof);

}  // namespace symbreak::fit
