// Heat bath of spin systems: 64 replicas in lanes against one chain in scalar code, and the cost of
// an independent posterior mean against other samplers.
#include <benchmark/benchmark.h>

#include <cmath>
#include <functional>
#include <vector>

#include "sim/kernel/spins/field_lanes.hpp"
#include "sim/kernel/spins/heat_bath.hpp"
#include "sim/kernel/spins/spin_clusters.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/spins/spin_posterior.hpp"
#include "tests/bench/reference.hpp"
#include "tests/cluster_field.hpp"
#include "tests/spin_systems.hpp"

namespace {

using namespace symbreak;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double T_c = 2.269185314213022;

/// What one writes first: one chain, neighbour table, thresholds per site and neighbour sum.
class ScalarHeatBath {
 public:
  ScalarHeatBath(const kernel::SpinGraph& graph, double K, const std::vector<double>& field)
      : graph_(graph), spins_(graph.sites(), 1) {
    for (const double h : field) {
      for (int sum = -4; sum <= 4; sum += 2) {
        threshold_.push_back(1 / (1 + std::exp(-2 * (K * sum + h))));
      }
    }
  }
  void sweep() {
    const std::int32_t* neighbour = graph_.neighbour.data();
    for (std::size_t i = 0; i < spins_.size(); ++i, neighbour += 4) {
      const int sum = spins_[size(neighbour[0])] + spins_[size(neighbour[1])] +
                      spins_[size(neighbour[2])] + spins_[size(neighbour[3])];
      spins_[i] = random_.uniform() < threshold_[5 * i + size((sum + 4) / 2)] ? 1 : -1;
    }
  }

 private:
  static std::size_t size(int index) { return static_cast<std::size_t>(index); }
  kernel::SpinGraph graph_;
  std::vector<int> spins_;
  std::vector<double> threshold_;
  kernel::WordRandom random_{1, 2};
};

std::vector<double> fields(std::size_t count) {
  std::vector<double> field(count);
  random::Stream({.seed = 3}).normals(field);
  for (double& h : field) h *= 0.5;
  return field;
}

std::array<std::uint64_t, kernel::spin_random_words> seed() {
  std::array<std::uint64_t, kernel::spin_random_words> words;
  random::Stream({.seed = 1}).words(words);
  return words;
}

/// Sweeps of an L x L lattice at T_c; the 64 lanes share `64/groups` to a field.
void heat_bath(benchmark::State& state) {
  const auto L = static_cast<int>(state.range(0));
  const auto groups = static_cast<std::size_t>(state.range(1));
  const auto sites = static_cast<std::size_t>(L * L);
  const auto graph = spin_systems::graph_of(L * L, spin_systems::square_bonds(L, 1 / T_c));
  const auto field = fields(sites * groups);
  const auto lanes = kernel::heat_bath(graph, seed());
  lanes->set_field(field, groups);
  for (auto _ : state) lanes->sweep(1);
  const double spin = bench::median_seconds([&] { lanes->sweep(1); }) /
                      static_cast<double>(sites * kernel::spin_lanes);
  ScalarHeatBath scalar(graph, 1 / T_c, fields(sites));
  state.counters["spins_per_ns"] = 1e-9 / spin;
  state.counters["times_scalar"] =
      bench::median_seconds([&] { scalar.sweep(); }) / static_cast<double>(sites) / spin;
  state.counters["set_field_in_sweeps"] =
      bench::median_seconds([&] { lanes->set_field(field, groups); }) /
      (spin * static_cast<double>(sites * kernel::spin_lanes));
}
BENCHMARK(heat_bath)
    ->ArgNames({"L", "fields"})
    ->Args({32, 1})
    ->Args({64, 1})
    ->Args({32, 4})
    ->Args({32, 64});

/// The same for a dense graph (Sherrington-Kirkpatrick): bonds per second against the peak of one
/// fused multiply-add per bond and lane.
void field_lanes(benchmark::State& state) {
  const auto sites = static_cast<int>(state.range(0));
  std::vector<spin_systems::Bond> bonds;
  random::Stream stream({.seed = 5});
  for (int a = 0; a < sites; ++a) {
    for (int b = a + 1; b < sites; ++b) bonds.push_back({a, b, stream.normal() / std::sqrt(sites)});
  }
  const auto lanes = kernel::field_lanes(spin_systems::graph_of(sites, bonds), seed());
  for (auto _ : state) lanes->sweep(1);
  const double seconds = bench::median_seconds([&] { lanes->sweep(1); });
  state.counters["spins_per_us"] = 1e-6 * sites * 64 / seconds;
  state.counters["bonds_per_ns"] = 2e-9 * static_cast<double>(bonds.size()) * 64 / seconds;
}
BENCHMARK(field_lanes)->ArgName("sites")->Arg(64)->Arg(256)->Arg(1024);

/// Swendsen-Wang updates of an L x L lattice at T_c without field, against the plain code of the
/// tests (which also averages its spins) and against drawing the random numbers.
void clusters(benchmark::State& state) {
  const auto L = static_cast<int>(state.range(0));
  const auto graph = spin_systems::graph_of(L * L, spin_systems::square_bonds(L, 1 / T_c));
  kernel::SpinClusters ours(graph);
  random::Stream stream({.seed = 8});
  std::vector<std::int8_t> spins(graph.sites(), 1);
  std::vector<std::uint64_t> words((ours.words() + 1) / 2);
  const auto draw = [&] { stream.words(words); };
  const auto update = [&] {
    draw();
    ours.sweep(spins, {reinterpret_cast<const std::uint32_t*>(words.data()), ours.words()});
  };
  for (int n = 0; n < 100; ++n) update();
  for (auto _ : state) update();
  const double seconds = bench::median_seconds(update);
  test::ClusterField plain(graph, kernel::WordRandom(1, 2));
  std::vector<double> mean(graph.sites(), 0.0);
  for (int n = 0; n < 100; ++n) plain.sweep(mean);
  state.counters["ns_per_site"] = 1e9 * seconds / static_cast<double>(graph.sites());
  state.counters["times_plain"] = bench::median_seconds([&] { plain.sweep(mean); }) / seconds;
  state.counters["of_random_numbers"] = bench::median_seconds(draw) / seconds;
}
BENCHMARK(clusters)->ArgName("L")->Arg(16)->Arg(64)->Arg(256);

/// Variance of the posterior mean times CPU time, L = 32 at T_c in a planted field of strength b,
/// against plain heat bath, clusters in the field and replica exchange of 8 levels.
void posterior_mean(benchmark::State& state) {
  const int L = 32, sites = L * L;
  const double b = 1 / static_cast<double>(state.range(0));
  const auto graph = spin_systems::graph_of(sites, spin_systems::square_bonds(L, 1 / T_c));
  test::ClusterField clusters(graph, kernel::WordRandom(1, 2));
  std::vector<double> mean(static_cast<std::size_t>(sites), 0.0);
  for (int n = 0; n < 200; ++n) clusters.sweep(mean);
  MatrixXd y(sites, 1), x(sites, 1);
  random::Stream stream({.seed = 6});
  for (int i = 0; i < sites; ++i) {
    y(i, 0) = clusters.spins()[static_cast<std::size_t>(i)];
    x(i, 0) = y(i, 0) + stream.normal() / std::sqrt(b);
  }
  const VectorXd beta = VectorXd::Constant(1, b), h = b * x;
  const auto seconds = [](const std::function<void()>& work) {
    const auto now = [] {
      timespec time;
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    };
    const double start = now();
    work();
    return now() - start;
  };
  const auto cost = [&](const target::SpinPosteriorOptions& options, Index sweeps) {
    const auto posterior = target::spin_posterior(graph, 1, {.seed = 7}, options);
    posterior->plant(y);
    posterior->estimate(x, beta, sweeps / 4);
    double variance = 0;
    const double time =
        seconds([&] { variance = posterior->estimate(x, beta, sweeps).variance.mean(); });
    return 1e6 * variance * time;
  };
  const auto cluster_cost = [&](int chains, int sweeps) {
    VectorXd sum = VectorXd::Zero(sites), squares = sum;
    double time = 0;
    for (int c = 0; c < chains; ++c) {
      test::ClusterField chain(graph, kernel::WordRandom(stream(), stream()));
      chain.set_field({h.data(), static_cast<std::size_t>(sites)});
      for (int n = 0; n < 100; ++n) chain.sweep(mean);
      std::fill(mean.begin(), mean.end(), 0.0);
      time += seconds([&] {
        for (int n = 0; n < sweeps; ++n) chain.sweep(mean);
      });
      const VectorXd m = Eigen::Map<const VectorXd>(mean.data(), sites) / sweeps;
      sum += m;
      squares += m.cwiseAbs2();
    }
    const VectorXd center = sum / chains;
    return 1e6 * time * (squares / chains - center.cwiseAbs2()).mean() / (chains - 1);
  };
  double ours = 0;
  for (auto _ : state) ours = cost({.chains = 64}, 16000);
  state.counters["variance_times_us"] = ours;
  state.counters["clusters"] = cluster_cost(32, 1000) / ours;
  state.counters["plain"] = cost({.chains = 64, .flip = false}, 16000) / ours;
  state.counters["tempering"] = cost({.chains = 64, .levels = 8}, 1000) / ours;
}
BENCHMARK(posterior_mean)
    ->ArgName("inverse_b")
    ->Arg(10000)
    ->Arg(1000)
    ->Arg(100)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
