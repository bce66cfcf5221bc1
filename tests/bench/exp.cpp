// exp of an array: ours against Eigen's vectorised exp and the C library's.
#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <cmath>
#include <span>

#include "sim/kernel/simd/elementary.hpp"
#include "tests/bench/reference.hpp"

namespace {

using symbreak::bench::median_seconds;

template <class Real>
void exponential(benchmark::State& state) {
  constexpr Eigen::Index size = 1024;
  using Array = Eigen::Array<Real, Eigen::Dynamic, 1>;
  const Array x = Array::LinSpaced(size, -20, 20);
  Array y(size);
  const auto count = static_cast<std::size_t>(size);
  const auto work = [&] {
    symbreak::kernel::exp(std::span(x.data(), count), std::span(y.data(), count));
    benchmark::DoNotOptimize(y.data());
  };
  for (auto _ : state) work();
  const double seconds = median_seconds(work);
  state.counters["ns_each"] = 1e9 * seconds / size;
  state.counters["times_eigen"] = median_seconds([&] {
                                    y = x.exp();
                                    benchmark::DoNotOptimize(y.data());
                                  }) /
                                  seconds;
  state.counters["times_std"] = median_seconds([&] {
                                  for (Eigen::Index i = 0; i < size; ++i) y[i] = std::exp(x[i]);
                                  benchmark::DoNotOptimize(y.data());
                                }) /
                                seconds;
}
BENCHMARK(exponential<double>)->Name("exp/double");
BENCHMARK(exponential<float>)->Name("exp/float");

}  // namespace
