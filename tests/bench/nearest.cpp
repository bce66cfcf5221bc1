// Nearest points of a dataset against its softmax weights, which take the same products.
#include <benchmark/benchmark.h>

#include "sim/random/stream.hpp"
#include "sim/target/points/empirical.hpp"
#include "sim/target/points/finite.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kDimension = 784, kPoints = 6000, kStates = 64;

MatrixXd gaussian(Index n, std::uint64_t seed) {
  symbreak::random::Stream stream({.seed = seed});
  MatrixXd y(kDimension, n);
  stream.normals({y.data(), static_cast<std::size_t>(y.size())});
  return y;
}

template <class Ask>
void look(benchmark::State& state, const Ask& ask) {
  const auto points = symbreak::target::empirical(gaussian(kPoints, 1), "points");
  const MatrixXd y = gaussian(kStates, 2);
  for (auto _ : state) benchmark::DoNotOptimize(ask(*points, y));
  state.counters["pairs_a_ns"] = benchmark::Counter(
      1e-9 * static_cast<double>(kPoints * kStates * kDimension * state.iterations()),
      benchmark::Counter::kIsRate);
}

void nearest_points(benchmark::State& state) {
  look(state, [](const auto& points, const MatrixXd& y) { return points.nearest(y); });
}
BENCHMARK(nearest_points);

void softmax_weights(benchmark::State& state) {
  look(state, [](const auto& points, const MatrixXd& y) {
    return points.weights(y, VectorXd::Constant(kStates, 0.1));
  });
}
BENCHMARK(softmax_weights);

}  // namespace
