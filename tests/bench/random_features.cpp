// Random features against the limits of the machine: assembly of U and the clean mean of batches as
// fractions of the rate of a large matrix product; what one noise level costs in all.
#include <benchmark/benchmark.h>

#include <ctime>

#include "sim/random/draws.hpp"
#include "sim/target/random_features/trained_score.hpp"

namespace symbreak {

namespace {

using namespace target::feature_flow;

constexpr Index kDimension = 64, kFeatures = 1024, kData = 256;

/// Of the processor, as counters have it: the clock on the wall of a loaded machine tells nothing.
double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Flops per second of a product of p x p matrices.
double product_rate() {
  static const double rate = [] {
    const MatrixXd a = MatrixXd::Random(kFeatures, kFeatures), b = a;
    MatrixXd c(kFeatures, kFeatures);
    double best = INFINITY;
    for (int i = 0; i < 5; ++i) {
      const double start = seconds();
      c.noalias() = a * b;
      benchmark::DoNotOptimize(c.data());
      best = std::min(best, seconds() - start);
    }
    return 2.0 * kFeatures * kFeatures * kFeatures / best;
  }();
  return rate;
}

std::shared_ptr<const Machine> machine() {
  random::Stream stream({.seed = 1});
  Features features;
  features.weights = random::normals(stream, kFeatures, kDimension);
  features.phases = random::normals(stream, kFeatures, 1);
  return std::make_shared<const Machine>(
      Machine::Given{.data = random::normals(stream, kDimension, kData), .features = features});
}

/// `fraction`: of the rate of the product, counting the flops of two symmetric updates, p^2 n each
/// for one triangle.
void assembly(benchmark::State& state) {
  const auto net = machine();
  net->gram();
  for (auto _ : state) benchmark::DoNotOptimize(net->training_moments(0.3).features.data());
  const double flops = 2.0 * kFeatures * kFeatures * kData;
  state.counters["fraction"] =
      benchmark::Counter(flops / product_rate(), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(assembly)->Unit(benchmark::kMillisecond);

/// One noise level; 40 of them are to take less than a minute.
void level(benchmark::State& state) {
  const auto net = machine();
  for (auto _ : state) benchmark::DoNotOptimize(net->solve(0.3).rates.data());
}
BENCHMARK(level)->Unit(benchmark::kMillisecond)->Iterations(2);

/// `fraction`: of the rate of the product, 4 p d flops a state.
void clean_mean(benchmark::State& state) {
  const auto levels = std::make_shared<const SolvedLevels>(machine(), std::vector<double>{0.3});
  const TrainedScore score(levels, 100);
  const MatrixXd x = MatrixXd::Random(kDimension, 1024);
  const VectorXd beta = VectorXd::Constant(x.cols(), 1 / 0.3);
  score.mean(x, beta);
  for (auto _ : state) benchmark::DoNotOptimize(score.mean(x, beta).data());
  const double flops = 4.0 * kFeatures * kDimension * static_cast<double>(x.cols());
  state.counters["fraction"] =
      benchmark::Counter(flops / product_rate(), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(clean_mean)->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace symbreak
