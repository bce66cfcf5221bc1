#include "sim/experiment/three_way/gaussian.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::three_way {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// cos and sin of 2 pi j/side along x, or along y, over sqrt(side^2): together one v_k of norm 1.
MatrixXd waves(Index side, Index j, bool along_x) {
  MatrixXd both(side * side, 2);
  for (Index i = 0; i < side * side; ++i) {
    const double phase = 2 * M_PI * static_cast<double>(j * (along_x ? i % side : i / side)) /
                         static_cast<double>(side);
    both.row(i) << std::cos(phase), std::sin(phase);
  }
  return both / static_cast<double>(side);
}

}  // namespace

MatrixXd gaussian_softening(const MatrixXd& covariance, Index side,
                            const std::vector<double>& noise, Index modes) {
  MatrixXd all(covariance.rows(), 2 * modes);
  for (Index j = 0; j < modes; ++j) all.middleCols(2 * j, 2) = waves(side, j, true);
  MatrixXd values(modes, static_cast<Index>(noise.size()));
  for (std::size_t r = 0; r < noise.size(); ++r) {
    MatrixXd shifted = covariance;
    shifted.diagonal().array() += noise[r];
    const MatrixXd solved = Eigen::LLT<MatrixXd>(shifted).matrixL().solve(all);
    for (Index j = 0; j < modes; ++j) {
      values(j, static_cast<Index>(r)) = noise[r] * solved.middleCols(2 * j, 2).squaredNorm();
    }
  }
  return values;
}

MatrixXd gaussian_structure(const VectorXd& mean, const MatrixXd& covariance, Index side,
                            const std::vector<double>& grid, const std::vector<Index>& recorded,
                            Index modes) {
  const target::Spectrum spectrum = target::symmetric_spectrum(covariance);
  const Eigen::ArrayXd lambda = spectrum.values.array().max(0);
  const Eigen::ArrayXd centre = spectrum.vectors.transpose() * mean;
  MatrixXd all(covariance.rows(), 4 * modes);
  for (Index j = 0; j < modes; ++j) {
    all.middleCols(4 * j, 4) << waves(side, j, true), waves(side, j, false);
  }
  const MatrixXd along = spectrum.vectors.transpose() * all;
  Eigen::ArrayXd x = Eigen::ArrayXd::Zero(lambda.size()),
                 variance = Eigen::ArrayXd::Constant(lambda.size(), grid.front());
  MatrixXd values(modes, static_cast<Index>(recorded.size()));
  for (std::size_t level = 0; level < grid.size(); ++level) {
    const double s = grid[level];
    const Eigen::ArrayXd a = lambda / (lambda + s);
    const Eigen::ArrayXd clean = centre + a * (x - centre);
    const auto record = std::ranges::find(recorded, static_cast<Index>(level));
    if (record != recorded.end()) {
      const VectorXd spread = a.square() * variance;
      const Eigen::RowVectorXd power =
          spread.transpose() * along.cwiseAbs2() + (clean.matrix().transpose() * along).cwiseAbs2();
      for (Index j = 0; j < modes; ++j) {
        values(j, record - recorded.begin()) = j == 0 ? 0 : power.segment(4 * j, 4).sum() / 2;
      }
    }
    if (level + 1 == grid.size()) break;
    const double next = grid[level + 1], r = next / s;
    x = r * x + (1 - r) * clean;
    variance = (r + (1 - r) * a).square() * variance + next * (s - next) / s;
  }
  return values;
}

}  // namespace symbreak::experiment::three_way
