#include "sim/target/spectrum.hpp"

#include <cmath>

namespace symbreak::target {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

void fix_sign(Eigen::Ref<VectorXd> axis) {
  const double sum = axis.sum();
  double sign = sum;
  for (Index i = 0; std::abs(sum) < 1e-9 && i < axis.size(); ++i) {
    if (std::abs(axis[i]) > 1e-9) {
      sign = axis[i];
      break;
    }
  }
  if (sign < 0) axis = -axis;
}

}  // namespace

MatrixXd leading_axes(const MatrixXd& covariance) {
  const Index d = covariance.rows();
  const Spectrum spectrum = symmetric_spectrum(covariance);
  const double top = spectrum.values[d - 1];
  if (!(top > 0)) return MatrixXd::Identity(d, 1);
  Index k = 1;
  while (k < d && spectrum.values[d - 1 - k] > top * (1 - 1e-9)) ++k;
  MatrixXd axes = spectrum.vectors.rightCols(k).rowwise().reverse();
  for (Index a = 0; a < k; ++a) fix_sign(axes.col(a));
  return axes;
}

VectorXd leading_axis(const std::function<VectorXd(const VectorXd&)>& product, Index d) {
  // A start that is generic and reproducible.
  VectorXd axis(d);
  for (Index i = 0; i < d; ++i) axis[i] = 1 + 0.5 * std::sin(1.7 * static_cast<double>(i));
  axis.normalize();
  for (int iteration = 0; iteration < 300; ++iteration) {
    VectorXd next = product(axis);
    const double norm = next.norm();
    if (!(norm > 0)) break;
    next /= norm;
    const double change = (next - axis).norm();
    axis = next;
    if (change < 1e-10) break;
  }
  fix_sign(axis);
  return axis;
}

}  // namespace symbreak::target
