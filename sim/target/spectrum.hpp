// Spectra of symmetric matrices, leading eigenvectors of covariances (one file: Eigen's solver is slow to
// compile). May depend on: Eigen.
#pragma once
#include <Eigen/Core>
#include <functional>

namespace symbreak::target {

/// Eigenvalues of a symmetric matrix, ascending.
Eigen::VectorXd eigenvalues(const Eigen::MatrixXd& symmetric);
/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
struct Spectrum {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
};
Spectrum symmetric_spectrum(const Eigen::MatrixXd& symmetric);

/// Orthonormal columns spanning the eigenspace of the largest eigenvalue of a covariance (d x k;
/// eigenvalues within 1e-9 of it, relatively, count as equal), each signed so that its entries sum
/// to >= 0 (first non-zero entry positive where the sum vanishes). A zero matrix has the first
/// axis.
Eigen::MatrixXd leading_axes(const Eigen::MatrixXd& covariance);

/// One leading eigenvector without the matrix, by power iteration on `product` = C v.
Eigen::VectorXd leading_axis(const std::function<Eigen::VectorXd(const Eigen::VectorXd&)>& product,
                             Eigen::Index d);

}  // namespace symbreak::target
