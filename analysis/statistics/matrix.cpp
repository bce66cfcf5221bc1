#include "analysis/statistics/matrix.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

namespace symbreak::statistics {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Spectrum symmetric_spectrum(const MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

VectorXd eigenvalues(const MatrixXd& symmetric) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(symmetric, Eigen::EigenvaluesOnly).eigenvalues();
}

MatrixXd symmetric_root(const MatrixXd& symmetric) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(symmetric).operatorSqrt();
}

Cholesky::Cholesky(const MatrixXd& matrix) {
  const Eigen::LLT<MatrixXd> solver(matrix);
  valid_ = solver.info() == Eigen::Success && matrix.allFinite();
  lower_ = solver.matrixL();
}

MatrixXd Cholesky::whitened(const MatrixXd& b) const {
  return lower_.triangularView<Eigen::Lower>().solve(b);
}

MatrixXd orthonormal(const MatrixXd& columns) {
  const Eigen::HouseholderQR<MatrixXd> qr(columns);
  return qr.householderQ() * MatrixXd::Identity(columns.rows(), columns.cols());
}

NormalEquations::NormalEquations(const MatrixXd& a, const VectorXd& b) {
  const MatrixXd square = a.transpose() * a;
  const VectorXd right = a.transpose() * b;
  const Eigen::LDLT<MatrixXd> solver(square);
  solution = solver.solve(right);
  inverse = solver.solve(MatrixXd::Identity(a.cols(), a.cols()).eval());
}

LeastSquares::LeastSquares(const MatrixXd& a, const VectorXd& b) {
  const VectorXd scale = a.colwise().norm();
  if (!(scale.array() > 0).all() || !scale.allFinite()) return;
  const VectorXd inverse = scale.cwiseInverse();
  const MatrixXd scaled = a * inverse.asDiagonal();
  const Eigen::ColPivHouseholderQR<MatrixXd> qr(scaled);
  full_rank = qr.rank() == a.cols();
  if (!full_rank) return;
  solution = inverse.asDiagonal() * qr.solve(b);
  const MatrixXd upper = qr.matrixR()
                             .topLeftCorner(a.cols(), a.cols())
                             .triangularView<Eigen::Upper>()
                             .solve(MatrixXd::Identity(a.cols(), a.cols()).eval());
  const MatrixXd root = inverse.asDiagonal() * (qr.colsPermutation() * upper);
  covariance = root * root.transpose();
}

}  // namespace symbreak::statistics
