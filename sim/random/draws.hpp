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

/// Independent directions, uniform on the sphere: unit columns, d x count; in one dimension there is
/// only one, and nothing is drawn.
inline Eigen::MatrixXd directions(Stream& stream, Eigen::Index d, Eigen::Index count) {
  if (d == 1) return Eigen::MatrixXd::Ones(1, 1);
  Eigen::MatrixXd along = normals(stream, d, count);
  along.colwise().normalize();
  return along;
}

}  // namespace symbreak::random
