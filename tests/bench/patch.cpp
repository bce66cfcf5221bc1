// Patch scores: the fused kernels against a tiled online softmax written with Eigen, and against
// the limit of d + 6 multiply-adds per (pixel, patch), where 6 is what one exponential and the two
// sums take on the multiply-add pipes.
#include <benchmark/benchmark.h>

#include <Eigen/Dense>
#include <cmath>
#include <span>

#include "sim/kernel/patch/patch_softmax.hpp"
#include "sim/kernel/points/sign_cube.hpp"
#include "sim/random/stream.hpp"
#include "tests/bench/multiply_add.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXf;
using Eigen::RowVectorXf;
using Eigen::VectorXf;
using symbreak::bench::median_seconds;

struct Problem {
  MatrixXf patches, queries;  ///< d x K, Q x d
  Eigen::VectorXd log_weights;
  double beta = 0;
};

Problem problem(Index d, Index count, Index queries) {
  Problem p;
  symbreak::random::Stream stream({.seed = 1});
  p.patches.resize(d, count);
  stream.normals(std::span(p.patches.data(), static_cast<std::size_t>(p.patches.size())));
  p.patches = (p.patches.array() > 0).select(MatrixXf::Ones(d, count), -MatrixXf::Ones(d, count));
  p.queries.resize(queries, d);
  stream.normals(std::span(p.queries.data(), static_cast<std::size_t>(p.queries.size())));
  p.queries.array() *= 1.4f;
  p.log_weights.setZero(count);
  p.beta = 2.2 / std::sqrt(static_cast<double>(d) / 9);
  return p;
}

/// 64 queries x 512 patches at a time, float throughout, maximum per tile.
double tiled_eigen_seconds(const Problem& p) {
  constexpr Index tile = 512, block = 64;
  const MatrixXf x = p.queries.transpose() * static_cast<float>(p.beta);
  const VectorXf bias =
      -static_cast<float>(p.beta / 2) * p.patches.colwise().squaredNorm().transpose();
  const VectorXf centre = p.patches.row(p.patches.rows() / 2).transpose();
  MatrixXf s(tile, block);
  VectorXf mean(x.cols());
  return median_seconds([&] {
    for (Index first = 0; first < x.cols(); first += block) {
      RowVectorXf top = RowVectorXf::Constant(block, -1e30f), sum = RowVectorXf::Zero(block),
                  average = sum;
      for (Index k = 0; k < p.patches.cols(); k += tile) {
        const Index size = std::min(tile, p.patches.cols() - k);
        auto part = s.topRows(size);
        part.noalias() = p.patches.middleCols(k, size).transpose() * x.middleCols(first, block);
        part.colwise() += bias.segment(k, size);
        const RowVectorXf now = part.colwise().maxCoeff().cwiseMax(top);
        const RowVectorXf factor = (top - now).array().exp();
        for (Index q = 0; q < block; ++q) part.col(q) = (part.col(q).array() - now[q]).exp();
        sum = sum.cwiseProduct(factor) + part.colwise().sum();
        average = average.cwiseProduct(factor);
        average.noalias() += centre.segment(k, size).transpose() * part;
        top = now;
      }
      mean.segment(first, block) = average.cwiseQuotient(sum).transpose();
    }
    benchmark::DoNotOptimize(mean.data());
  });
}

void report(benchmark::State& state, const Problem& p, double seconds) {
  const double pairs = static_cast<double>(p.queries.rows() * p.patches.cols());
  const double limit =
      static_cast<double>(p.patches.rows() + 6) * pairs / symbreak::bench::multiply_add_rate();
  state.counters["ns_per_pair"] = 1e9 * seconds / pairs;
  state.counters["of_fma_limit"] = limit / seconds;
  state.counters["times_tiled_eigen"] = tiled_eigen_seconds(p) / seconds;
}

void patch_float(benchmark::State& state) {
  const Problem p = problem(state.range(0), state.range(1), 1024);
  const symbreak::kernel::PatchTable<float> table(p.patches, p.log_weights, {state.range(0) / 2});
  Eigen::MatrixXd mean(p.queries.rows(), 1);
  const auto work = [&] {
    table.average(p.queries, p.beta, mean);
    benchmark::DoNotOptimize(mean.data());
  };
  for (auto _ : state) work();
  report(state, p, median_seconds(work));
}
BENCHMARK(patch_float)
    ->ArgNames({"d", "patches"})
    ->ArgsProduct({{9, 25, 49}, {10000}})
    ->Unit(benchmark::kMillisecond);

void patch_signs(benchmark::State& state) {
  const Problem p = problem(state.range(0), state.range(1), 1024);
  const symbreak::kernel::SignTable table(p.patches, p.log_weights, state.range(0) / 2);
  Eigen::VectorXd mean(p.queries.rows());
  const auto work = [&] {
    table.average(p.queries, p.beta, mean);
    benchmark::DoNotOptimize(mean.data());
  };
  for (auto _ : state) work();
  report(state, p, median_seconds(work));
}
BENCHMARK(patch_signs)
    ->ArgNames({"d", "patches"})
    ->ArgsProduct({{9, 25, 49}, {512, 10000}})
    ->Unit(benchmark::kMillisecond);

/// 3 x 3 patches of +-1: at most 512 distinct ones, whatever the number of images they came from.
void patch_cube(benchmark::State& state) {
  const Problem p = problem(9, 512, 1024);
  const symbreak::kernel::SignCube cube(Eigen::VectorXd::Ones(512), 4);
  const Eigen::MatrixXd queries = p.queries.cast<double>();
  Eigen::VectorXd mean(queries.rows());
  const auto work = [&] {
    cube.average(queries, p.beta, mean);
    benchmark::DoNotOptimize(mean.data());
  };
  for (auto _ : state) work();
  report(state, p, median_seconds(work));
}
BENCHMARK(patch_cube)->Unit(benchmark::kMicrosecond);

}  // namespace
