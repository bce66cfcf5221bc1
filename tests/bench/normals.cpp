// Standard normals per second: Philox and Box-Muller against Boost's ziggurat on a Mersenne twister
// and the C++ standard library's generator.
#include <benchmark/benchmark.h>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <random>
#include <vector>

#include "sim/random/stream.hpp"
#include "tests/bench/reference.hpp"

namespace {

using symbreak::random::Stream;
constexpr std::size_t size = 4096;

double boost_seconds() {
  boost::random::mt19937_64 engine(1);
  boost::random::normal_distribution<double> normal;
  std::vector<double> values(size);
  return symbreak::bench::median_seconds([&] {
    for (double& value : values) value = normal(engine);
    benchmark::DoNotOptimize(values.data());
  });
}

double std_seconds() {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  std::vector<double> values(size);
  return symbreak::bench::median_seconds([&] {
    for (double& value : values) value = normal(engine);
    benchmark::DoNotOptimize(values.data());
  });
}

template <class Real>
void normals(benchmark::State& state) {
  Stream stream({.seed = 1});
  std::vector<Real> values(size);
  const auto work = [&] {
    stream.normals(values);
    benchmark::DoNotOptimize(values.data());
  };
  for (auto _ : state) work();
  const double seconds = symbreak::bench::median_seconds(work);
  state.counters["ns_each"] = 1e9 * seconds / size;
  state.counters["times_boost"] = boost_seconds() / seconds;
  state.counters["times_std"] = std_seconds() / seconds;
}
BENCHMARK(normals<double>)->Name("normals/double");
BENCHMARK(normals<float>)->Name("normals/float");

void words(benchmark::State& state) {
  Stream stream({.seed = 1}), scalar({.seed = 1});
  std::vector<std::uint64_t> values(size);
  const auto work = [&] {
    stream.words(values);
    benchmark::DoNotOptimize(values.data());
  };
  for (auto _ : state) work();
  const double seconds = symbreak::bench::median_seconds(work);
  state.counters["ns_each"] = 1e9 * seconds / size;
  state.counters["times_scalar"] = symbreak::bench::median_seconds([&] {
                                     for (auto& value : values) value = scalar();
                                     benchmark::DoNotOptimize(values.data());
                                   }) /
                                   seconds;
}
BENCHMARK(words)->Name("words");

}  // namespace
