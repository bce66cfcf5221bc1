// Matrices of random numbers, and the stream of what belongs to no run. May depend on: Eigen.
#pragma once
#include <Eigen/Core>

#include "sim/random/stream.hpp"

namespace symbreak::random {

/// For what set-up looks at: how far a target's data reach, a start that has to be possible.
inline Stream probe() { return Stream({.purpose = Purpose::probe}); }

inline Eigen::MatrixXd normals(Stream& stream, Eigen::Index rows, Eigen::Index columns) {
  Eigen::MatrixXd z(rows, columns);
  stream.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
  return z;
}

}  // namespace symbreak::random
