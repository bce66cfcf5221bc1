// Nearest points of a dataset against its softmax weights, which take the same products: both in
// turn, the median of nine ratios.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "sim/random/stream.hpp"
#include "sim/target/points/empirical.hpp"
#include "sim/target/points/finite.hpp"
#include "tests/bench/reference.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd gaussian(Index d, Index n, std::uint64_t seed) {
  symbreak::random::Stream stream({.seed = seed});
  MatrixXd y(d, n);
  stream.normals({y.data(), static_cast<std::size_t>(y.size())});
  return y;
}

void nearest(benchmark::State& state) {
  const Index d = state.range(0), points = state.range(1), states = state.range(2);
  const auto target = symbreak::target::empirical(gaussian(d, points, 1), "points");
  const MatrixXd y = gaussian(d, states, 2);
  const auto look = [&] { benchmark::DoNotOptimize(target->nearest(y)); };
  const auto weigh = [&] {
    benchmark::DoNotOptimize(target->weights(y, VectorXd::Constant(states, 0.1)));
  };
  for (auto _ : state) look();
  std::vector<double> ratio;
  double seconds = 0;
  for (int i = 0; i < 9; ++i) {
    seconds = symbreak::bench::median_seconds(look);
    ratio.push_back(symbreak::bench::median_seconds(weigh) / seconds);
  }
  std::nth_element(ratio.begin(), ratio.begin() + 4, ratio.end());
  state.counters["of_weights"] = ratio[4];
  state.counters["products_a_ns"] = 1e-9 * static_cast<double>(points * states * d) / seconds;
}
BENCHMARK(nearest)
    ->ArgNames({"d", "points", "states"})
    ->Args({784, 6000, 64})
    ->Args({784, 6000, 1})
    ->Args({100, 20000, 64})
    ->Args({100, 20000, 1})
    ->Args({25, 20000, 64})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
