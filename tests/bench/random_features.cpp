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

/// `fraction`: the rate of `work` over that of a product of p x p matrices. Both by turns, so that
/// what else there is on the machine slows both.
template <class Work>
void beside_product(benchmark::State& state, double flops, const Work& work) {
  const MatrixXd a = MatrixXd::Random(kFeatures, kFeatures), b = a;
  MatrixXd c(kFeatures, kFeatures);
  double mine = 0, product = 0;
  for (auto _ : state) {
    const double start = seconds();
    work();
    mine += seconds() - start;
    state.PauseTiming();
    const double next = seconds();
    c.noalias() = a * b;
    benchmark::DoNotOptimize(c.data());
    product += seconds() - next;
    state.ResumeTiming();
  }
  const double p = kFeatures;
  state.counters["fraction"] = flops / (2 * p * p * p) * product / mine;
}

std::shared_ptr<const Machine> machine() {
  random::Stream stream({.seed = 1});
  Features features;
  features.weights = random::normals(stream, kFeatures, kDimension);
  features.phases = random::normals(stream, kFeatures, 1);
  return std::make_shared<const Machine>(
      Machine::Given{.data = random::normals(stream, kDimension, kData), .features = features});
}

/// Flops of two symmetric updates, p^2 n each for one triangle.
void assembly(benchmark::State& state) {
  const auto net = machine();
  net->gram();
  beside_product(state, 2.0 * kFeatures * kFeatures * kData,
                 [&] { benchmark::DoNotOptimize(net->training_moments(0.3).features.data()); });
}
BENCHMARK(assembly)->Unit(benchmark::kMillisecond);

/// One noise level; 40 of them are to take less than a minute.
void level(benchmark::State& state) {
  const auto net = machine();
  for (auto _ : state) benchmark::DoNotOptimize(net->solve(0.3).rates.data());
}
BENCHMARK(level)->Unit(benchmark::kMillisecond)->Iterations(2);

/// 4 p d flops a state.
void clean_mean(benchmark::State& state) {
  const auto levels = std::make_shared<const SolvedLevels>(machine(), std::vector<double>{0.3});
  const TrainedScore score(levels, 100);
  const MatrixXd x = MatrixXd::Random(kDimension, 1024);
  const VectorXd beta = VectorXd::Constant(x.cols(), 1 / 0.3);
  score.mean(x, beta);
  beside_product(state, 4.0 * kFeatures * kDimension * static_cast<double>(x.cols()),
                 [&] { benchmark::DoNotOptimize(score.mean(x, beta).data()); });
}
BENCHMARK(clean_mean)->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace symbreak
