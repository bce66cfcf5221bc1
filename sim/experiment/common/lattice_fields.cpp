#include "sim/experiment/common/lattice_fields.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace symbreak::experiment {

namespace {

using Eigen::MatrixXd;

MatrixXd table(Index size, double (*function)(double)) {
  MatrixXd result(size, size);
  for (Index k = 0; k < size; ++k) {
    for (Index j = 0; j < size; ++j) {
      result(j, k) =
          function(2 * M_PI * static_cast<double>(j * k % size) / static_cast<double>(size));
    }
  }
  return result;
}

}  // namespace

LatticeModes::LatticeModes(Index height, Index width)
    : height_(height),
      width_(width),
      cos_y_(table(height, std::cos)),
      sin_y_(table(height, std::sin)),
      cos_x_(table(width, std::cos)),
      sin_x_(table(width, std::sin)) {}

MatrixXd LatticeModes::power(const MatrixXd& fields) const {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Index sites = height_ * width_, channels = fields.rows() / sites;
  MatrixXd result = MatrixXd::Zero(sites, fields.cols());
  for (Index column = 0; column < fields.cols(); ++column) {
    Eigen::Map<RowMajor> powers(result.col(column).data(), height_, width_);
    for (Index c = 0; c < channels; ++c) {
      const Eigen::Map<const RowMajor> f(fields.col(column).data() + c * sites, height_, width_);
      const MatrixXd along_cos = f * cos_x_, along_sin = f * sin_x_;
      const MatrixXd real = cos_y_ * along_cos - sin_y_ * along_sin;
      const MatrixXd imaginary = cos_y_ * along_sin + sin_y_ * along_cos;
      powers += (real.array().square() + imaginary.array().square()).matrix();
    }
  }
  return result / static_cast<double>(sites * channels);
}

MatrixXd LatticeModes::axis(const MatrixXd& powers) const {
  MatrixXd result(axis_size(), powers.cols());
  for (Index j = 0; j < result.rows(); ++j) {
    result.row(j) = (powers.row(j) + powers.row(j * width_)) / 2;
  }
  return result;
}

MatrixXd LatticeModes::radial(const MatrixXd& powers) const {
  MatrixXd result = MatrixXd::Zero(axis_size(), powers.cols());
  Eigen::VectorXd count = Eigen::VectorXd::Zero(axis_size());
  for (Index y = 0; y < height_; ++y) {
    for (Index x = 0; x < width_; ++x) {
      const double ky = static_cast<double>(std::min(y, height_ - y)),
                   kx = static_cast<double>(std::min(x, width_ - x));
      const auto shell = static_cast<Index>(std::lround(std::hypot(ky, kx)));
      if (shell >= axis_size()) continue;
      result.row(shell) += powers.row(y * width_ + x);
      count[shell] += 1;
    }
  }
  return count.cwiseInverse().asDiagonal() * result;
}

Domains domains(const Eigen::Ref<const Eigen::VectorXd>& field, Index height, Index width,
                double level) {
  const Index sites = height * width;
  std::vector<Index> parent(static_cast<std::size_t>(sites));
  std::iota(parent.begin(), parent.end(), Index{0});
  const auto root = [&](Index i) {
    while (parent[static_cast<std::size_t>(i)] != i) {
      Index& up = parent[static_cast<std::size_t>(i)];
      i = up = parent[static_cast<std::size_t>(up)];
    }
    return i;
  };
  Domains result;
  const auto join = [&](Index i, Index j) {
    if ((field[i] > level) != (field[j] > level)) {
      result.walls += 1 / static_cast<double>(2 * sites);
      return;
    }
    const Index a = root(i), b = root(j);
    parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  };
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) {
      join(y * width + x, y * width + (x + 1) % width);
      join(y * width + x, (y + 1) % height * width + x);
    }
  }
  std::vector<Index> size(static_cast<std::size_t>(sites), 0);
  for (Index i = 0; i < sites; ++i) ++size[static_cast<std::size_t>(root(i))];
  result.law.assign(kDomainClasses, 0.0);
  for (const Index n : size) {
    if (n == 0) continue;
    const double share = static_cast<double>(n) / static_cast<double>(sites);
    result.largest = std::max(result.largest, share);
    result.mean_size += share * static_cast<double>(n);
    const auto bin =
        std::min<Index>(static_cast<Index>(std::log2(static_cast<double>(n))), kDomainClasses - 1);
    result.law[static_cast<std::size_t>(bin)] += share;
  }
  return result;
}

}  // namespace symbreak::experiment
