// Posterior over a dataset: the fused softmax-average against the same formulas written with Eigen
// (score matrix, exponential, two matrix products) and against the machine's own limits, measured
// here: fused multiply-adds from registers for many walkers, with and without what the weights
// themselves take, and reading the points for one.
#include <benchmark/benchmark.h>

#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <span>

#include "sim/kernel/points/softmax.hpp"
#include "sim/kernel/simd/exp_lanes.hpp"
#include "sim/kernel/simd/tile_product.hpp"
#include "sim/random/stream.hpp"
#include "tests/bench/multiply_add.hpp"
#include "tests/bench/reference.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::VectorXd;
using Eigen::VectorXf;
using symbreak::bench::median_seconds;
using symbreak::bench::multiply_add_rate;

struct Problem {
  MatrixXf points;
  MatrixXd x;
  VectorXd half_norms, log_weights, beta;
};

Problem problem(Index d, Index count, Index walkers) {
  Problem p;
  symbreak::random::Stream stream({.seed = 1});
  p.points.resize(d, count);
  stream.normals(std::span(p.points.data(), static_cast<std::size_t>(p.points.size())));
  p.x.resize(d, walkers);
  stream.normals(std::span(p.x.data(), static_cast<std::size_t>(p.x.size())));
  p.half_norms = 0.5 * p.points.cast<double>().colwise().squaredNorm();
  p.log_weights.setConstant(count, -std::log(static_cast<double>(count)));
  p.beta.setConstant(walkers, 3.0 / static_cast<double>(d));
  return p;
}

/// As one would write it: float throughout, one points x walkers matrix.
double eigen_seconds(const Problem& p, bool with_mean) {
  const MatrixXf x = p.x.cast<float>();
  const VectorXf half_norms = p.half_norms.cast<float>();
  const VectorXf log_weights = p.log_weights.cast<float>(), beta = p.beta.cast<float>();
  MatrixXf s, mean;
  return median_seconds([&] {
    s.noalias() = p.points.transpose() * x;
    for (Index k = 0; k < s.cols(); ++k) {
      s.col(k) = beta[k] * (s.col(k) - half_norms) + log_weights;
      s.col(k) = (s.col(k).array() - s.col(k).maxCoeff()).exp();
      s.col(k) /= s.col(k).sum();
    }
    if (with_mean) mean.noalias() = p.points * s;
    benchmark::DoNotOptimize(s.data());
    benchmark::DoNotOptimize(mean.data());
  });
}

/// Bytes per second of reading the points once.
double read_rate(const MatrixXf& points) {
  const double seconds = median_seconds([&] {
    using Vector = symbreak::kernel::Simd<float>::Vector;
    constexpr std::size_t lanes = symbreak::kernel::Simd<float>::lanes;
    Vector sum[8] = {};
    const auto size = static_cast<std::size_t>(points.size());
    for (std::size_t i = 0; i + 8 * lanes <= size; i += 8 * lanes) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < 8; ++v) {
        sum[v] += symbreak::kernel::load<Vector>(points.data() + i + v * lanes);
      }
    }
    benchmark::DoNotOptimize(sum);
  });
  return static_cast<double>(points.size()) * sizeof(float) / seconds;
}

/// Weights per second, with their sums, of scores in the first-level cache.
double weight_rate() {
  using Vector = symbreak::kernel::Simd<float>::Vector;
  constexpr std::size_t lanes = symbreak::kernel::Simd<float>::lanes, count = 2048;
  alignas(64) std::array<float, count> scores;
  for (std::size_t i = 0; i < count; ++i) scores[i] = -0.01f * static_cast<float>(i);
  const double seconds = median_seconds([&] {
    Vector sum{}, squares{}, energy{}, most{};
    for (std::size_t i = 0; i < count; i += lanes) {
      const Vector s = symbreak::kernel::load<Vector>(&scores[i]);
      const Vector w = symbreak::kernel::exp_lanes<float>(s);
      most = s > most ? s : most;
      sum += w;
      squares += w * w;
      energy += w * s;
    }
    sum += squares + energy + most;
    benchmark::DoNotOptimize(sum);
  });
  return count / seconds;
}

/// with_mean: the posterior; without: log-sum-exp, participation ratio, entropy alone.
void softmax(benchmark::State& state) {
  const Index d = state.range(0), count = state.range(1), walkers = state.range(2);
  const bool with_mean = state.range(3) != 0;
  const auto p = problem(d, count, walkers);
  const auto work = [&] {
    const auto result = symbreak::kernel::softmax_average(p.points, p.half_norms, p.log_weights,
                                                          p.x, p.beta, with_mean);
    benchmark::DoNotOptimize(result.log_sum.data());
  };
  for (auto _ : state) work();
  const double seconds = median_seconds(work);
  const auto pairs = static_cast<double>(count * walkers);
  state.counters["ns_per_pair"] = 1e9 * seconds / pairs;
  state.counters["times_eigen"] = eigen_seconds(p, with_mean) / seconds;
  const double products =
      (with_mean ? 2 : 1) * pairs * static_cast<double>(d) / multiply_add_rate();
  state.counters["of_fma_limit"] = products / seconds;
  state.counters["of_limit_with_weights"] = (products + pairs / weight_rate()) / seconds;
  state.counters["of_read_limit"] =
      static_cast<double>(p.points.size()) * sizeof(float) / read_rate(p.points) / seconds;
}
BENCHMARK(softmax)
    ->ArgNames({"d", "points", "walkers", "mean"})
    ->Args({784, 10000, 1, 1})
    ->Args({100, 10000, 1, 1})
    ->Args({100, 100000, 1, 1})
    ->Args({784, 10000, 64, 1})
    ->Args({100, 10000, 64, 1})
    ->Args({25, 10000, 64, 1})
    ->Args({784, 10000, 64, 0})
    ->Args({100, 10000, 64, 0})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
