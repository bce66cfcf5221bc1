// Decompositions of matrices behind plain functions. May depend on: Eigen, OpenBLAS.
//
// Eigen's templates for them take 7 to 13 seconds of compilation in every file that names one: all
// are instantiated in matrix.cpp, once.
#pragma once
#include <Eigen/Core>
#include <string>

namespace symbreak::statistics {

/// Eigenvalues, ascending, and orthonormal eigenvectors of a symmetric matrix.
struct Spectrum {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
  /// The symmetric root; eigenvalues that rounding has made negative are 0.
  Eigen::MatrixXd root() const;
};
Spectrum symmetric_spectrum(const Eigen::MatrixXd& symmetric);
/// What decomposes large matrices: "OpenBLAS Haswell", whose kernels the processor chooses (the
/// variable OPENBLAS_CORETYPE overrules it), or "Eigen". Other kernels, other last digits.
std::string decomposition_library();
/// The eigenvalues of a symmetric matrix alone, ascending.
Eigen::VectorXd eigenvalues(const Eigen::MatrixXd& symmetric);
/// The symmetric root of a positive semidefinite matrix. Unlike a Cholesky factor it exists for
/// data on a subspace.
Eigen::MatrixXd symmetric_root(const Eigen::MatrixXd& symmetric);

/// A = L L^T of a positive definite matrix.
class Cholesky {
 public:
  Cholesky() = default;
  /// Of a matrix that is not positive definite, or not finite, the result is not `valid`.
  explicit Cholesky(const Eigen::MatrixXd& matrix);
  bool valid() const { return valid_; }
  const Eigen::MatrixXd& lower() const { return lower_; }
  double log_determinant() const { return 2 * lower_.diagonal().array().log().sum(); }
  /// L^-1 b: what has covariance A then has unit covariance.
  Eigen::MatrixXd whitened(const Eigen::MatrixXd& b) const;

 private:
  Eigen::MatrixXd lower_;
  bool valid_ = false;
};

/// An orthonormal basis of the columns' span, d x k for d x k columns: Q of A = Q R by Householder.
Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& columns);
/// The minimum of |b - A p| by the normal equations, and (A^T A)^-1: for well-scaled polynomials of
/// low degree.
struct NormalEquations {
  Eigen::VectorXd solution;
  Eigen::MatrixXd inverse;
  NormalEquations(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);
};

/// The minimum of |b - A p| by QR with pivots, and (A^T A)^-1. Columns are scaled to unit length
/// first; if they depend on each other the rest is empty.
struct LeastSquares {
  bool full_rank = false;
  Eigen::VectorXd solution;
  Eigen::MatrixXd covariance;
  LeastSquares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);
};

}  // namespace symbreak::statistics
