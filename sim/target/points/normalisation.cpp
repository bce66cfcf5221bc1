#include "sim/target/points/normalisation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/deck/parameters.hpp"

namespace symbreak::target {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Normalisation::Normalisation(std::string how, std::string file, const Visit& points)
    : how_(std::move(how)), file_(std::move(file)) {
  if (how_ == "signs") {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    points([&](const MatrixXd& block) {
      least = std::min(least, block.minCoeff());
      most = std::max(most, block.maxCoeff());
    });
    middle_ = least + (most - least) / 2;
    if (!(least < most)) {
      throw deck::KeyError("target.normalisation", "{}: signs of numbers that are all {:g}", file_,
                           least);
    }
  }
  if (how_ != "centred" && how_ != "standardised") return;
  Index count = 0;
  points([&](const MatrixXd& block) {
    if (count == 0) mean_ = VectorXd::Zero(block.rows());
    for (Index j = 0; j < block.cols(); ++j) mean_ += block.col(j);
    count += block.cols();
  });
  mean_ /= static_cast<double>(count);
  scale_ = VectorXd::Ones(mean_.size());
  if (how_ == "centred") return;
  VectorXd variance = VectorXd::Zero(mean_.size());
  points([&](const MatrixXd& block) {
    for (Index j = 0; j < block.cols(); ++j) {
      variance += (block.col(j) - mean_).cwiseAbs2();
    }
  });
  const VectorXd deviation = (variance / static_cast<double>(count)).cwiseSqrt();
  for (Index i = 0; i < scale_.size(); ++i) {
    if (deviation[i] > 0) scale_[i] = 1 / deviation[i];
  }
}

void Normalisation::apply(Eigen::Ref<MatrixXd> block, Index first) const {
  if (how_ == "unit") {
    block /= 255;
  } else if (how_ == "sphere") {
    for (Index j = 0; j < block.cols(); ++j) {
      const double norm = block.col(j).norm();
      if (!(norm > 0)) {
        throw deck::KeyError("target.normalisation",
                             "{}: data point {} is zero and cannot be put on a sphere", file_,
                             first + j);
      }
      block.col(j) *= std::sqrt(static_cast<double>(block.rows())) / norm;
    }
  } else if (how_ == "signs") {
    block = (block.array() > middle_).select(MatrixXd::Ones(block.rows(), block.cols()), -1.0);
  } else if (mean_.size() > 0) {
    for (Index j = 0; j < block.cols(); ++j) {
      block.col(j) = (block.col(j) - mean_).cwiseProduct(scale_);
    }
  }
}

}  // namespace symbreak::target
