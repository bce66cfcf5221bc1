// Minima of measured curves, by polynomials through the points around them. May depend on: Eigen,
// analysis/fit.
#pragma once
#include <Eigen/Core>
#include <vector>

namespace symbreak::findings {

/// The x[i] within `reach` of `centre`.
std::vector<Eigen::Index> nearby(const Eigen::VectorXd& x, double centre, double reach);

/// Coefficients of 1, u, u^2 ... (`terms` of them), u = x - centre, of least squares through y.
Eigen::VectorXd polynomial(const Eigen::VectorXd& x, const Eigen::VectorXd& y, double centre,
                           Eigen::Index terms);

/// Minimum of the polynomial of degree 4 through y(x), at least 7 points, within `reach` of its
/// lowest one, or wider where there are fewer than 7 of them: (x, y).
Eigen::Vector2d minimum(const Eigen::VectorXd& x, const Eigen::VectorXd& y, double reach);

}  // namespace symbreak::findings
