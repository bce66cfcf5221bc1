// Reverse trajectories of two Gaussian classes against the time their normals alone take.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "sim/diffusion/mixture_run.hpp"
#include "tests/bench/reference.hpp"

namespace {

using symbreak::random::Stream;
constexpr std::size_t kDimension = 256, kSteps = 1000;

template <class Real>
void trajectories(benchmark::State& state) {
  symbreak::target::TwoClasses classes;
  classes.middle = Eigen::VectorXd::Zero(kDimension);
  classes.axis = Eigen::VectorXd::Ones(kDimension);
  classes.variance = 1;
  std::vector<double> noise;
  for (std::size_t i = 0; i <= kSteps; ++i) {
    noise.push_back(5e4 * std::pow(1e-7, static_cast<double>(i) / kSteps));
  }
  const symbreak::diffusion::MixtureRun run(classes, noise);
  Stream stream({.seed = 1});
  std::vector<Real> x(kDimension, Real{1}), z(kDimension);
  const auto trajectory = [&] {
    for (Real& value : x) value = 0;
    run.run(stream, std::span<Real>(x));
    benchmark::DoNotOptimize(x.data());
  };
  const auto normals = [&] {
    for (std::size_t i = 0; i < kSteps; ++i) {
      stream.normals(std::span<Real>(z));
      benchmark::DoNotOptimize(z.data());
    }
  };
  for (auto _ : state) trajectory();
  const double seconds = symbreak::bench::median_seconds(trajectory);
  state.counters["us_each"] = 1e6 * seconds;
  state.counters["of_normals"] = symbreak::bench::median_seconds(normals) / seconds;
}
BENCHMARK(trajectories<double>)->Name("trajectories/double");
BENCHMARK(trajectories<float>)->Name("trajectories/float");

}  // namespace
