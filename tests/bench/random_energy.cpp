// Random-energy models: streamed enumeration at 64 inverse temperatures, against the same with
// Boost's normals and Eigen's exp, and one disorder sample at any M by its highest levels.
#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <array>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "sim/kernel/levels/level_moments.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/levels/level_sampler.hpp"
#include "sim/target/levels/two_level_sampler.hpp"
#include "tests/bench/reference.hpp"

namespace {

using namespace symbreak;
using bench::median_seconds;

constexpr std::size_t block = 1024, temperatures = 64;

void stream(benchmark::State& state) {
  random::Stream levels({.seed = 1, .purpose = random::Purpose::levels});
  const double b_step = 0.05 * std::sqrt(15.0);
  // log Z, <E>, Y_2, Y_3 and Y_4 at all temperatures.
  kernel::LevelMoments moments(temperatures * b_step);
  std::array<double, block> energies;
  const auto work = [&] {
    levels.normals(energies);
    moments.add(energies);
    benchmark::DoNotOptimize(energies.data());
  };
  for (auto _ : state) work();
  const double seconds = median_seconds(work);
  state.counters["ns_per_energy"] = 1e9 * seconds / block;
  state.counters["ns_normals"] = 1e9 * median_seconds([&] {
                                   levels.normals(energies);
                                   benchmark::DoNotOptimize(energies.data());
                                 }) /
                                 block;
  Eigen::VectorXd b(temperatures);
  for (std::size_t k = 0; k < temperatures; ++k) {
    b[static_cast<Eigen::Index>(k)] = static_cast<double>(k + 1) * b_step;
  }
  state.counters["ms_evaluation"] = 1e3 * median_seconds([&] {
                                      const auto sums = moments.sums({b.data(), temperatures});
                                      benchmark::DoNotOptimize(sums.first.data());
                                    });

  boost::random::mt19937_64 engine;
  boost::random::normal_distribution<double> normal;
  Eigen::ArrayXd e(block), sums = Eigen::ArrayXd::Zero(temperatures);
  state.counters["times_boost_eigen"] = median_seconds([&] {
                                          for (double& x : e) x = normal(engine);
                                          for (Eigen::Index k = 0; k < sums.size(); ++k) {
                                            sums[k] += (b[k] * e).exp().sum();
                                          }
                                          benchmark::DoNotOptimize(sums.data());
                                        }) /
                                        seconds;
}
BENCHMARK(stream)->Name("rem/stream_64_beta");

/// One disorder sample, 32 beta, K = 64; the argument is M, log2 of the number of levels.
void top_levels(benchmark::State& state) {
  target::LevelEnsemble ensemble;
  ensemble.bits = static_cast<double>(state.range(0));
  ensemble.log_count = ensemble.bits * std::log(2.0);
  ensemble.law = theory::level_law(theory::LevelFamily::gaussian);
  const Eigen::VectorXd b = Eigen::VectorXd::LinSpaced(32, 1.0 / 16, 2) * ensemble.critical();
  target::TopLevels sampler(ensemble, b, state.range(1) != 0, 64);
  random::Stream levels({.seed = 1, .purpose = random::Purpose::levels});
  target::LevelAverages averages;
  const auto work = [&] {
    sampler.draw(levels, averages);
    benchmark::DoNotOptimize(averages.second.data());
  };
  for (auto _ : state) work();
  const double seconds = median_seconds(work);
  state.counters["us_per_sample"] = 1e6 * seconds;
  state.counters["of_limit"] = 2e-6 / seconds;  // performance notes: about 2 us
}
BENCHMARK(top_levels)
    ->Name("rem/top_levels_32_beta")
    ->ArgNames({"M", "planted"})
    ->Args({20, 0})
    ->Args({1000, 0})
    ->Args({1000000, 0})
    ->Args({1000, 1});

/// One disorder sample of levels in classes, 6 beta, K = 64; arguments: M, 100 share.
void classes_of_levels(benchmark::State& state) {
  target::LevelEnsemble ensemble;
  ensemble.bits = static_cast<double>(state.range(0));
  ensemble.log_count = ensemble.bits * std::log(2.0);
  ensemble.law = theory::level_law(theory::LevelFamily::gaussian);
  ensemble.groups = target::LevelGroups{ensemble.log_count / 2, ensemble.log_count / 2,
                                        static_cast<double>(state.range(1)) / 100};
  const Eigen::VectorXd b = Eigen::VectorXd::LinSpaced(6, 0.7, 2) * ensemble.critical();
  target::TwoLevelTop sampler(ensemble, b, state.range(2) != 0, 64);
  random::Stream levels({.seed = 1, .purpose = random::Purpose::levels});
  target::TwoLevelAverages averages;
  const auto work = [&] {
    sampler.draw(levels, averages);
    benchmark::DoNotOptimize(averages.second.data());
  };
  for (auto _ : state) work();
  state.counters["us_per_sample"] = 1e6 * median_seconds(work);
}
BENCHMARK(classes_of_levels)
    ->Name("rem/classes_6_beta")
    ->ArgNames({"M", "share", "planted"})
    ->Args({20, 80, 0})
    ->Args({100, 80, 0})
    ->Args({100, 20, 1})
    ->Args({200, 80, 1});

}  // namespace
