// Polynomials given by their coefficients, lowest first. May depend on: Eigen.
#pragma once
#include <Eigen/Core>

namespace symbreak::fit {

/// Rows x^0 ... x^degree.
inline Eigen::MatrixXd powers_of(const Eigen::VectorXd& x, Eigen::Index degree) {
  Eigen::MatrixXd design = Eigen::MatrixXd::Ones(x.size(), degree + 1);
  for (Eigen::Index k = 1; k <= degree; ++k) design.col(k) = design.col(k - 1).cwiseProduct(x);
  return design;
}
/// The same at one place.
inline Eigen::RowVectorXd powers_of(double x, Eigen::Index degree) {
  return powers_of(Eigen::VectorXd::Constant(1, x), degree);
}

struct PolynomialValue {
  double value = 0, slope = 0;
};
inline PolynomialValue polynomial(const Eigen::VectorXd& coefficients, double x) {
  PolynomialValue p;
  for (Eigen::Index k = coefficients.size(); k-- > 0;) {
    p.slope = p.slope * x + p.value;
    p.value = p.value * x + coefficients[k];
  }
  return p;
}

}  // namespace symbreak::fit
