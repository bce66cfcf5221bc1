#include "sim/experiment/score_spectrum/lanczos.hpp"

#include <algorithm>
#include <cmath>

#include "sim/random/draws.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::score_spectrum {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kProbes = 8;

/// J V at one state.
MatrixXd product(const target::Denoiser& denoiser, const VectorXd& x, double beta,
                 const MatrixXd& v) {
  return denoiser.jacobian_product(x.replicate(1, v.cols()), VectorXd::Constant(v.cols(), beta), v);
}

/// The part of the columns of `block` that is orthogonal to those of `basis`, orthonormal; columns
/// of which nothing but rounding is left are dropped.
MatrixXd new_directions(const MatrixXd& basis, MatrixXd block) {
  const VectorXd before = block.colwise().norm();
  const double scale = std::max(before.maxCoeff(), 1e-300);
  MatrixXd fresh(block.rows(), block.cols());
  Index kept = 0;
  for (Index k = 0; k < block.cols(); ++k) {
    VectorXd v = block.col(k);
    for (int pass = 0; pass < 2; ++pass) {
      v -= basis * (basis.transpose() * v);
      v -= fresh.leftCols(kept) * (fresh.leftCols(kept).transpose() * v);
    }
    const double norm = v.norm();
    if (!(norm > 1e-11 * scale)) continue;
    v /= norm;
    // What was nearly dependent lost digits: once more.
    v -= basis * (basis.transpose() * v);
    v -= fresh.leftCols(kept) * (fresh.leftCols(kept).transpose() * v);
    fresh.col(kept++) = v.normalized();
  }
  return fresh.leftCols(kept);
}

void append(MatrixXd& all, const MatrixXd& more) {
  const Index before = all.cols();
  all.conservativeResize(more.rows(), before + more.cols());
  all.rightCols(more.cols()) = more;
}

/// Eigenvalues into the result, the largest first.
void fill(const VectorXd& ascending, Index wanted, LocalSpectrum& result) {
  result.values = VectorXd::Zero(wanted);
  const Index n = std::min(wanted, ascending.size());
  result.values.head(n) = ascending.tail(n).reverse();
  result.count = (ascending.array() > 0.5).count();
}

LocalSpectrum singular(const target::Denoiser& denoiser, const VectorXd& x, double beta,
                       Index wanted) {
  const Index d = x.size();
  const MatrixXd J = product(denoiser, x, beta, MatrixXd::Identity(d, d));
  LocalSpectrum result;
  const VectorXd squares = target::eigenvalues(J.transpose() * J);
  fill(squares.cwiseMax(0).cwiseSqrt(), wanted, result);
  result.trace = J.trace();
  result.square = J.squaredNorm();
  result.products = d;
  return result;
}

}  // namespace

LocalSpectrum local_spectrum(const target::Denoiser& denoiser, const VectorXd& x, double beta,
                             const LanczosSetting& setting, random::Stream& stream) {
  if (!setting.symmetric) return singular(denoiser, x, beta, setting.wanted);
  const Index d = x.size(), wanted = std::min(setting.wanted, d);
  const Index block = std::min(d, wanted + 4), most = std::min(d, 12 * block);
  LocalSpectrum result;
  MatrixXd Q(d, 0), JQ(d, 0);
  MatrixXd next = new_directions(Q, random::normals(stream, d, block));
  target::Spectrum ritz;
  for (;;) {
    const MatrixXd along = product(denoiser, x, beta, next);
    result.products += next.cols();
    append(Q, next);
    append(JQ, along);
    const MatrixXd T = Q.transpose() * JQ;
    ritz = target::symmetric_spectrum((T + T.transpose()) / 2);
    const Index n = std::min(wanted, Q.cols());
    const MatrixXd top = ritz.vectors.rightCols(n);
    const MatrixXd off = JQ * top - Q * (top * ritz.values.tail(n).asDiagonal());
    result.residual = off.colwise().norm().maxCoeff();
    if (Q.cols() >= most || (Q.cols() >= wanted && result.residual < setting.tolerance)) break;
    next = new_directions(Q, along);
    if (next.cols() == 0) break;  // what is left of J is not reached from X: nothing
    next = next.leftCols(std::min(next.cols(), most - Q.cols())).eval();
  }
  fill(ritz.values, setting.wanted, result);
  result.trace = ritz.values.sum();
  result.square = JQ.squaredNorm();
  if (Q.cols() == d) return result;
  // Hutchinson in the complement: E z.J z over signs z, and E|P J z|^2.
  MatrixXd z =
      random::normals(stream, d, kProbes).unaryExpr([](double u) { return u < 0 ? -1.0 : 1.0; });
  z -= Q * (Q.transpose() * z);
  const MatrixXd Jz = product(denoiser, x, beta, z);
  result.products += kProbes;
  result.trace += z.cwiseProduct(Jz).sum() / static_cast<double>(kProbes);
  result.square += Jz.squaredNorm() / static_cast<double>(kProbes);
  return result;
}

}  // namespace symbreak::experiment::score_spectrum
