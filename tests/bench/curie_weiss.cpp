// Exact Curie-Weiss posterior mean: the integral against the O(d^2) recursion over the number of up
// spins, both in double.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "sim/kernel/spins/curie_weiss.hpp"
#include "sim/random/stream.hpp"
#include "tests/bench/reference.hpp"

namespace {

/// <y_i> from the law of the number of up spins: prefix sums forward, weights backward.
class Recursion {
 public:
  explicit Recursion(std::size_t d) : d_(d), prefix_((d + 1) * (d + 1)), weight_(d + 1) {}

  void operator()(double K, std::span<const double> field, std::span<double> mean) {
    const std::size_t row = d_ + 1;
    prefix_[0] = 1;
    for (std::size_t i = 0; i < d_; ++i) {
      const double p = 1 / (1 + std::exp(-2 * field[i]));
      const double* from = &prefix_[i * row];
      double* to = &prefix_[(i + 1) * row];
      to[0] = (1 - p) * from[0];
      for (std::size_t n = 1; n <= i; ++n) to[n] = (1 - p) * from[n] + p * from[n - 1];
      to[i + 1] = p * from[i];
    }
    const auto d = static_cast<double>(d_);
    for (std::size_t n = 0; n <= d_; ++n) {
      const double total = 2 * static_cast<double>(n) - d;
      weight_[n] = std::exp(K * (total * total - d * d) / (2 * d));
    }
    for (std::size_t i = d_; i-- > 0;) {
      const double p = 1 / (1 + std::exp(-2 * field[i]));
      const double* from = &prefix_[i * row];
      double up = 0, down = 0;
      for (std::size_t n = 0; n <= i; ++n) {
        up += from[n] * p * weight_[n + 1];
        down += from[n] * (1 - p) * weight_[n];
        weight_[n] = p * weight_[n + 1] + (1 - p) * weight_[n];
      }
      mean[i] = (up - down) / (up + down);
    }
  }

 private:
  std::size_t d_;
  std::vector<double> prefix_, weight_;
};

void curie_weiss(benchmark::State& state) {
  const auto d = static_cast<std::size_t>(state.range(0));
  const double K = static_cast<double>(state.range(1)) / 100;
  std::vector<double> field(d), mean(d), expected(d);
  symbreak::random::Stream({.seed = 1}).normals(field);
  const auto work = [&] {
    symbreak::kernel::curie_weiss_mean(K, field, mean);
    benchmark::DoNotOptimize(mean.data());
  };
  for (auto _ : state) work();
  Recursion recursion(d);
  const double seconds = symbreak::bench::median_seconds(work);
  state.counters["us"] = 1e6 * seconds;
  state.counters["times_recursion"] = symbreak::bench::median_seconds([&] {
                                        recursion(K, field, expected);
                                        benchmark::DoNotOptimize(expected.data());
                                      }) /
                                      seconds;
  double worst = 0;
  for (std::size_t i = 0; i < d; ++i) worst = std::max(worst, std::abs(mean[i] - expected[i]));
  state.counters["deviation"] = worst;
}
BENCHMARK(curie_weiss)
    ->ArgNames({"d", "K_percent"})
    ->Args({1000, 50})
    ->Args({1000, 100})
    ->Args({1000, 120})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
