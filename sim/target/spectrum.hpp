// Leading eigenvectors of covariances. May depend on: analysis/statistics.
#pragma once
#include <Eigen/Core>
#include <functional>

#include "analysis/statistics/matrix.hpp"

namespace symbreak::target {

using statistics::eigenvalues;
using statistics::Spectrum;
using statistics::symmetric_spectrum;

/// Orthonormal columns spanning the eigenspace of the largest eigenvalue of a covariance (d x k;
/// eigenvalues within 1e-9 of it, relatively, count as equal), each signed so that its entries sum
/// to >= 0 (first non-zero entry positive where the sum vanishes). A zero matrix has the first
/// axis.
Eigen::MatrixXd leading_axes(const Eigen::MatrixXd& covariance);

/// One leading eigenvector without the matrix, by power iteration on `product` = C v.
Eigen::VectorXd leading_axis(const std::function<Eigen::VectorXd(const Eigen::VectorXd&)>& product,
                             Eigen::Index d);

}  // namespace symbreak::target
