#include "sim/experiment/score_spectrum/lanczos.hpp"

#include <algorithm>
#include <cmath>

#include "sim/random/draws.hpp"
#include "sim/target/jacobian_law.hpp"
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

/// Block Lanczos on a symmetric map.
struct Krylov {
  MatrixXd Q, AQ;
  target::Spectrum ritz;  ///< of Q^T A Q
  VectorXd residuals;     ///< |A u - theta u| of the wanted, ascending as the values
};

template <class Map>
Krylov krylov(const Map& map, Index d, const LanczosSetting& setting, random::Stream& stream) {
  const Index wanted = std::min(setting.wanted, d);
  const Index block = std::min(d, wanted + 4), most = std::min(d, 12 * block);
  Krylov space{MatrixXd(d, 0), MatrixXd(d, 0), {}, {}};
  MatrixXd next = new_directions(space.Q, random::normals(stream, d, block));
  for (;;) {
    const MatrixXd along = map(next);
    append(space.Q, next);
    append(space.AQ, along);
    const MatrixXd T = space.Q.transpose() * space.AQ;
    space.ritz = target::symmetric_spectrum((T + T.transpose()) / 2);
    const Index n = std::min(wanted, space.Q.cols());
    const MatrixXd top = space.ritz.vectors.rightCols(n);
    const MatrixXd off = space.AQ * top - space.Q * (top * space.ritz.values.tail(n).asDiagonal());
    space.residuals = off.colwise().norm().transpose();
    if (space.Q.cols() >= most ||
        (space.Q.cols() >= wanted && space.residuals.maxCoeff() < setting.tolerance)) {
      return space;
    }
    next = new_directions(space.Q, along);
    if (next.cols() == 0) return space;  // what is left of A is not reached from X: nothing
    next = next.leftCols(std::min(next.cols(), most - space.Q.cols())).eval();
  }
}

/// Hutchinson in the complement of Q: E z.J z over signs z, and E|P J z|^2.
void add_rest(const target::Denoiser& denoiser, const VectorXd& x, double beta, const MatrixXd& Q,
              random::Stream& stream, LocalSpectrum& result) {
  MatrixXd z = random::normals(stream, x.size(), kProbes).unaryExpr([](double u) {
    return u < 0 ? -1.0 : 1.0;
  });
  z -= Q * (Q.transpose() * z);
  const MatrixXd Jz = product(denoiser, x, beta, z);
  result.products += kProbes;
  result.trace += z.cwiseProduct(Jz).sum() / static_cast<double>(kProbes);
  result.square += Jz.squaredNorm() / static_cast<double>(kProbes);
}

LocalSpectrum large_singular(const target::Denoiser& denoiser, const VectorXd& x, double beta,
                             const LanczosSetting& setting, random::Stream& stream) {
  const auto& adjoint = *target::part<target::AdjointJacobian>(denoiser);
  LocalSpectrum result;
  MatrixXd JQ(x.size(), 0);
  const Krylov space = krylov(
      [&](const MatrixXd& v) {
        const MatrixXd along = product(denoiser, x, beta, v);
        append(JQ, along);
        result.products += 2 * v.cols();
        return adjoint.transposed_product(x.replicate(1, v.cols()),
                                          VectorXd::Constant(v.cols(), beta), along);
      },
      x.size(), setting, stream);
  const VectorXd values = space.ritz.values.cwiseMax(0).cwiseSqrt();
  fill(values, setting.wanted, result);
  const VectorXd top = values.tail(space.residuals.size());
  for (Index k = 0; k < top.size(); ++k) {
    // sigma^2 off by r is sigma off by r/2 sigma at most, and by sqrt(r) where that is less.
    const double r = space.residuals[k];
    result.residual =
        std::max(result.residual, std::min(r / std::max(top[k], 1e-300), std::sqrt(r)));
  }
  result.trace = space.Q.cwiseProduct(JQ).sum();
  result.square = JQ.squaredNorm();
  if (space.Q.cols() < x.size()) add_rest(denoiser, x, beta, space.Q, stream, result);
  return result;
}

}  // namespace

LocalSpectrum local_spectrum(const target::Denoiser& denoiser, const VectorXd& x, double beta,
                             const LanczosSetting& setting, random::Stream& stream) {
  if (!setting.symmetric) {
    return x.size() > setting.most_dense ? large_singular(denoiser, x, beta, setting, stream)
                                         : singular(denoiser, x, beta, setting.wanted);
  }
  LocalSpectrum result;
  const Krylov space = krylov(
      [&](const MatrixXd& v) {
        result.products += v.cols();
        return product(denoiser, x, beta, v);
      },
      x.size(), setting, stream);
  result.residual = space.residuals.maxCoeff();
  fill(space.ritz.values, setting.wanted, result);
  result.trace = space.ritz.values.sum();
  result.square = space.AQ.squaredNorm();
  if (space.Q.cols() < x.size()) add_rest(denoiser, x, beta, space.Q, stream, result);
  return result;
}

}  // namespace symbreak::experiment::score_spectrum
