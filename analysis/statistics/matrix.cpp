#include "analysis/statistics/matrix.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <vector>

#ifdef SYMBREAK_OPENBLAS
extern "C" {
void dsyevd_(const char* jobs, const char* triangle, const int* n, double* a, const int* stride,
             double* values, double* work, const int* works, int* integers, const int* count,
             int* info);
void openblas_set_num_threads(int threads);
char* openblas_get_corename();
}
#endif

namespace symbreak::statistics {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

#ifdef SYMBREAK_OPENBLAS
namespace {

/// LAPACK's divide and conquer, of the lower triangle. Cost: 2 to 4 n^3 flops, half of them products.
bool divide_and_conquer(Spectrum& spectrum) {
  openblas_set_num_threads(1);  // ranks share the cores
  const int n = static_cast<int>(spectrum.vectors.rows());
  int info = 0, integers = 0, ask = -1;
  double works = 0;
  const auto solve = [&](double* work, const int* size, int* integer, const int* count) {
    dsyevd_("V", "L", &n, spectrum.vectors.data(), &n, spectrum.values.data(), work, size, integer,
            count, &info);
  };
  solve(&works, &ask, &integers, &ask);
  std::vector<double> work(static_cast<std::size_t>(works));
  std::vector<int> integer(static_cast<std::size_t>(integers));
  const int size = static_cast<int>(work.size());
  solve(work.data(), &size, integer.data(), &integers);
  return info == 0;
}

}  // namespace

std::string decomposition_library() { return std::string("OpenBLAS ") + openblas_get_corename(); }
#else
std::string decomposition_library() { return "Eigen"; }
#endif

Spectrum symmetric_spectrum(const MatrixXd& symmetric) {
#ifdef SYMBREAK_OPENBLAS
  constexpr Index kLarge = 128;  // below it Eigen is as fast
  if (symmetric.rows() >= kLarge && symmetric.allFinite()) {
    Spectrum spectrum{VectorXd(symmetric.rows()), symmetric};
    if (divide_and_conquer(spectrum)) return spectrum;
  }
#endif
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

MatrixXd Spectrum::root() const {
  return vectors * values.cwiseMax(0).cwiseSqrt().asDiagonal() * vectors.transpose();
}

VectorXd eigenvalues(const MatrixXd& symmetric) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(symmetric, Eigen::EigenvaluesOnly).eigenvalues();
}

MatrixXd symmetric_root(const MatrixXd& symmetric) {
  // By Eigen: one result whatever processor chooses OpenBLAS's kernels.
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  return Spectrum{solver.eigenvalues(), solver.eigenvectors()}.root();
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
