// Points of +-1: the softmax-average from packed bits against the same points as floats, in our
// kernel and in Eigen (score product alone), and against the rate of table lookups from registers.
#include <benchmark/benchmark.h>

#include <Eigen/Dense>

#include "sim/kernel/points/bits.hpp"
#include "sim/kernel/simd/simd.hpp"
#include "sim/random/stream.hpp"
#include "tests/bench/reference.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::VectorXd;
using symbreak::bench::median_seconds;

constexpr std::size_t lanes = symbreak::kernel::Simd<float>::lanes;
/// Coordinates of one lookup: the sums of their subsets fill two registers of 16 lanes, one of 8.
constexpr int coordinates = lanes == 16 ? 5 : 3;

/// Lookups in a table held in registers and additions, per second and lane.
double lookup_rate() {
  using Ints [[gnu::vector_size(symbreak::kernel::Simd<float>::bytes)]] = std::int32_t;
  constexpr std::size_t repeats = 16384;
  const double seconds = median_seconds([&] {
    Ints low{}, high{}, index{}, a{}, b{}, c{}, d{};
    asm volatile("" : "+v"(low), "+v"(high));
    const auto look_up = [&](Ints& sum) {
      asm volatile("" : "+v"(index));
      sum += coordinates == 5 ? __builtin_shuffle(low, high, index) : __builtin_shuffle(low, index);
      asm volatile("" : "+v"(sum));
    };
    for (std::size_t i = 0; i < repeats; ++i) {
      look_up(a);
      look_up(b);
      look_up(c);
      look_up(d);
    }
  });
  return static_cast<double>(4 * repeats * lanes) / seconds;
}

void bits(benchmark::State& state) {
  const Index d = state.range(0), count = state.range(1), walkers = state.range(2);
  const bool with_mean = state.range(3) != 0;
  symbreak::random::Stream stream({.seed = 1});
  symbreak::kernel::BitPoints points(d, count);
  MatrixXf floats(d, count);
  VectorXd y(d);
  for (Index j = 0; j < count; ++j) {
    stream.normals({y.data(), static_cast<std::size_t>(d)});
    points.set(j, y);
    floats.col(j) = (y.array() > 0).select(Eigen::VectorXf::Ones(d), -1.0f);
  }
  MatrixXd x(d, walkers);
  stream.normals({x.data(), static_cast<std::size_t>(x.size())});
  const VectorXd beta = VectorXd::Constant(walkers, 3.0 / static_cast<double>(d)),
                 half_norms = VectorXd::Constant(count, static_cast<double>(d) / 2);
  const auto work = [&] {
    const auto result = symbreak::kernel::softmax_average(points, x, beta, with_mean);
    benchmark::DoNotOptimize(result.log_sum.data());
  };
  for (auto _ : state) work();
  const double seconds = median_seconds(work);
  const auto pairs = static_cast<double>(count * walkers);
  const MatrixXf states = x.cast<float>();
  MatrixXf scores;
  state.counters["ns_per_pair"] = 1e9 * seconds / pairs;
  state.counters["times_eigen_product"] = median_seconds([&] {
                                            scores.noalias() = floats.transpose() * states;
                                            benchmark::DoNotOptimize(scores.data());
                                          }) /
                                          seconds;
  state.counters["times_float"] = median_seconds([&] {
                                    const auto result = symbreak::kernel::softmax_average(
                                        floats, half_norms, VectorXd(), x, beta, with_mean);
                                    benchmark::DoNotOptimize(result.log_sum.data());
                                  }) /
                                  seconds;
  state.counters["of_lookup_limit"] =
      (with_mean ? 2 : 1) * pairs * static_cast<double>(d) / coordinates / lookup_rate() / seconds;
}
BENCHMARK(bits)
    ->ArgNames({"d", "points", "walkers", "mean"})
    ->Args({100, 10000, 64, 0})
    ->Args({100, 10000, 64, 1})
    ->Args({784, 10000, 64, 0})
    ->Args({100, 10000, 1, 0})
    ->Args({100, 1000000, 1, 0})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
