// The round trip to a worker of a network, per state: questions of 64 states whose answer costs one
// multiplication, to the example in C and, where there is one, to a worker in numpy; beside the same
// multiplication in this process with the copies alone.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "sim/target/network/worker.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
namespace network = symbreak::target::network;

constexpr Index kStates = 64;

// As the program does: answers of megabytes are not mapped anew each time.
const bool kept =
    mallopt(M_MMAP_THRESHOLD, 32 << 20) != 0 && mallopt(M_TRIM_THRESHOLD, 256 << 20) != 0;

/// Wall time of a state, and that of this process on a processor.
class PerState {
 public:
  explicit PerState(benchmark::State& state) : state_(state) {}
  ~PerState() {
    const double states = static_cast<double>(state_.iterations() * kStates);
    state_.counters["us_a_state"] =
        1e6 * std::chrono::duration<double>(Clock::now() - begin_).count() / states;
    state_.counters["cpu_us_a_state"] = 1e6 * static_cast<double>(std::clock() - cpu_) /
                                        static_cast<double>(CLOCKS_PER_SEC) / states;
  }
  PerState(const PerState&) = delete;
  PerState& operator=(const PerState&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  benchmark::State& state_;
  Clock::time_point begin_ = Clock::now();
  std::clock_t cpu_ = std::clock();
};

void ask(benchmark::State& state, const network::Launch& launch) {
  const Index d = state.range(0);
  try {
    network::Worker worker(launch);
    const MatrixXd x = MatrixXd::Constant(d, kStates, 0.5);
    const VectorXd s = VectorXd::Constant(kStates, 2);
    const MatrixXd none;
    MatrixXd answers(d, kStates);
    const PerState timer(state);
    for (auto _ : state) {
      worker.ask(network::Operation::mean, x, s, none, answers);
      benchmark::DoNotOptimize(answers.data());
    }
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

void worker_in_c(benchmark::State& state) {
  ask(state, {.program = SYMBREAK_WORKER, .arguments = {std::to_string(state.range(0)), "1"}});
}
BENCHMARK(worker_in_c)->Arg(1)->Arg(784)->Arg(3072)->Arg(12'288)->UseRealTime();

/// `precision`: whether the numbers are floats.
void numpy_worker(benchmark::State& state, const std::string& precision) {
  const auto file = std::filesystem::temp_directory_path() / "symbreak_bench_worker.py";
  std::ofstream(file) << "#!/usr/bin/python3\n"
                         "import sys, symbreak_worker\n"
                         "symbreak_worker.serve(lambda x, s: x * x.dtype.type(0.5), "
                         "shape=int(sys.argv[1]), single=sys.argv[2] == 'single')\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  ask(state, {.program = file.string(), .arguments = {std::to_string(state.range(0)), precision}});
  std::filesystem::remove(file);
}
void worker_in_numpy(benchmark::State& state) { numpy_worker(state, "double"); }
BENCHMARK(worker_in_numpy)->Arg(1)->Arg(784)->Arg(3072)->Arg(12'288)->UseRealTime();
void worker_in_numpy_single(benchmark::State& state) { numpy_worker(state, "single"); }
BENCHMARK(worker_in_numpy_single)->Arg(1)->Arg(784)->Arg(3072)->Arg(12'288)->UseRealTime();

void copies_alone(benchmark::State& state) {
  const Index d = state.range(0);
  const MatrixXd x = MatrixXd::Constant(d, kStates, 0.5);
  MatrixXd there(d, kStates), back(d, kStates);
  const PerState timer(state);
  for (auto _ : state) {
    there = x;
    back = there * 0.5;
    benchmark::DoNotOptimize(MatrixXd(back));
  }
}
BENCHMARK(copies_alone)->Arg(784)->Arg(12'288)->UseRealTime();

}  // namespace
