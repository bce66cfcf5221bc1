// Short forms for simulations of batches of walkers. May depend on: sim/measure/state.hpp,
// sim/random, Eigen.
#pragma once
#include <Eigen/Core>
#include <span>

#include "sim/measure/state.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::experiment {

/// For what belongs to no run: how far a target's data reach, a start that has to be possible.
inline random::Stream probe() { return random::Stream({.purpose = random::Purpose::probe}); }

inline Eigen::MatrixXd normals(random::Stream& stream, Eigen::Index rows, Eigen::Index columns) {
  Eigen::MatrixXd z(rows, columns);
  stream.normals(std::span<double>(z.data(), static_cast<std::size_t>(z.size())));
  return z;
}

inline std::span<const double> span(const Eigen::Ref<const Eigen::VectorXd>& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

/// Positions of streams in a checkpoint, in the order in which they are named.
template <class... Streams>
void save_streams(measure::State& state, const Streams&... streams) {
  state.integers["streams"] = {streams.position()...};
}
template <class... Streams>
void load_streams(const measure::State& state, Streams&... streams) {
  const auto& positions = state.integers.at("streams");
  std::size_t i = 0;
  (streams.seek(positions.at(i++)), ...);
}

}  // namespace symbreak::experiment
