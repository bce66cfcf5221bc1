#include "sim/kernel/softmax.hpp"

#include <cmath>
#include <limits>

#include "sim/kernel/elementary_inline.hpp"

namespace symbreak::kernel {
namespace {

using Eigen::Index;
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

template <class Real>
SoftmaxAverage average(const Matrix<Real>& points, const Eigen::VectorXd& half_norms,
                       const Eigen::VectorXd& log_weights, const Eigen::Ref<const Matrix<double>>& x,
                       const Eigen::Ref<const Eigen::VectorXd>& beta) {
  const Index d = points.rows(), count = points.cols(), walkers = x.cols();
  const Index tile = 256;
  SoftmaxAverage out{Matrix<double>::Zero(d, walkers), Eigen::VectorXd::Zero(walkers),
                     Eigen::VectorXd::Zero(walkers), Eigen::VectorXd::Zero(walkers),
                     Eigen::VectorXd::Zero(walkers), {}};
  out.argmax.setZero(walkers);
  Eigen::VectorXd reference = Eigen::VectorXd::Constant(walkers, -1e300), sum(walkers);
  Eigen::VectorXd energy = Eigen::VectorXd::Zero(walkers);
  sum.setZero();
  const Matrix<Real> states = x.template cast<Real>();
  Matrix<Real> weights(tile, walkers);
  for (Index first = 0; first < count; first += tile) {
    const Index size = std::min(tile, count - first);
    const auto block = points.middleCols(first, size);
    weights.topRows(size).noalias() = block.transpose() * states;
    for (Index k = 0; k < walkers; ++k) {
      Eigen::VectorXd s = beta[k] * (weights.col(k).head(size).template cast<double>() -
                                     half_norms.segment(first, size)) +
                          log_weights.segment(first, size);
      Index where = 0;
      const double largest = s.maxCoeff(&where);
      if (largest > reference[k]) {
        const double shift = reference[k] - largest, scale = std::exp(shift);
        energy[k] = scale == 0 ? 0 : scale * (energy[k] + shift * sum[k]);
        sum[k] *= scale;
        out.sum_squares[k] *= scale * scale;
        out.mean.col(k) *= scale;
        reference[k] = largest;
        out.argmax[k] = first + where;
      }
      for (Index j = 0; j < size; ++j) {
        const double e = std::max(s[j] - reference[k], -1000.0);
        const double w = inline_elementary::exp(e);
        sum[k] += w;
        out.sum_squares[k] += w * w;
        energy[k] += w * e;
        weights(j, k) = static_cast<Real>(w);
      }
    }
    out.mean += (block * weights.topRows(size)).template cast<double>();
  }
  out.mean.array().rowwise() /= sum.transpose().array();
  out.log_sum = reference.array() + sum.array().log();
  out.sum_squares.array() /= sum.array().square();
  out.largest = sum.array().inverse();
  out.entropy = sum.array().log() - energy.array() / sum.array();
  return out;
}

}  // namespace

SoftmaxAverage softmax_average(const Eigen::MatrixXf& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta) {
  return average<float>(points, half_norms, log_weights, x, beta);
}

SoftmaxAverage softmax_average(const Eigen::MatrixXd& points, const Eigen::VectorXd& half_norms,
                               const Eigen::VectorXd& log_weights,
                               const Eigen::Ref<const Eigen::MatrixXd>& x,
                               const Eigen::Ref<const Eigen::VectorXd>& beta) {
  return average<double>(points, half_norms, log_weights, x, beta);
}

}  // namespace symbreak::kernel
