// The round trip to a worker of a network, per state: questions of 64 states whose answer costs one
// multiplication, to the example in C and, where there is one, to a worker in numpy; beside the same
// multiplication in this process with the copies alone.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>

#include "sim/target/network/worker.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
namespace network = symbreak::target::network;

constexpr Index kStates = 64;

void ask(benchmark::State& state, const network::Launch& launch) {
  const Index d = state.range(0);
  try {
    network::Worker worker(launch);
    const MatrixXd x = MatrixXd::Constant(d, kStates, 0.5);
    const VectorXd s = VectorXd::Constant(kStates, 2);
    for (auto _ : state) {
      benchmark::DoNotOptimize(worker.ask(network::Operation::mean, x, s, d));
    }
    state.counters["us_a_state"] =
        benchmark::Counter(1e-6 * kStates, benchmark::Counter::kIsIterationInvariantRate |
                                               benchmark::Counter::kInvert);
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

void worker_in_c(benchmark::State& state) {
  ask(state, {.program = SYMBREAK_WORKER, .arguments = {std::to_string(state.range(0)), "1"}});
}
BENCHMARK(worker_in_c)->Arg(1)->Arg(784)->Arg(3072)->Arg(12'288)->UseRealTime();

void worker_in_numpy(benchmark::State& state) {
  const auto file = std::filesystem::temp_directory_path() / "symbreak_bench_worker.py";
  std::ofstream(file) << "#!/usr/bin/python3\n"
                         "import sys, symbreak_worker\n"
                         "symbreak_worker.serve(lambda x, s: x * 0.5, shape=int(sys.argv[1]))\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  ask(state, {.program = file.string(), .arguments = {std::to_string(state.range(0))}});
  std::filesystem::remove(file);
}
BENCHMARK(worker_in_numpy)->Arg(1)->Arg(784)->Arg(3072)->Arg(12'288)->UseRealTime();

void copies_alone(benchmark::State& state) {
  const Index d = state.range(0);
  const MatrixXd x = MatrixXd::Constant(d, kStates, 0.5);
  MatrixXd there(d, kStates), back(d, kStates);
  for (auto _ : state) {
    there = x;
    back = there * 0.5;
    benchmark::DoNotOptimize(MatrixXd(back));
  }
  state.counters["us_a_state"] = benchmark::Counter(
      1e-6 * kStates, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(copies_alone)->Arg(784)->Arg(12'288)->UseRealTime();

}  // namespace
