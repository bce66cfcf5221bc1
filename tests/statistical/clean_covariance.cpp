// The largest eigenvalue of sampled covariances against exact sums where it is degenerate, or
// nearly: 20 runs each, pooled. A mean of z within 4.5/sqrt(20) fails by chance with probability
// 7e-6.
#include "sim/experiment/fluctuations/covariance.hpp"
#include "sim/target/spectrum.hpp"
#include "sim/target/spin_system.hpp"
#include "tests/run.hpp"

using namespace symbreak;

namespace {

constexpr int kSeeds = 20;

/// z of covariance_eigenvalue of 20 seeds: mean x sqrt(20), and their mean square.
std::pair<double, double> deviations(std::vector<std::string> settings,
                                     const std::string& observable) {
  for (const char* more : {"sampling.samples_per_block=256", "sampling.blocks=8",
                           "sampling.burn_in=20", "target.posterior=monte_carlo"}) {
    settings.emplace_back(more);
  }
  if (observable.ends_with("excess")) settings.pop_back();  // for the exact sum of every sample
  double sum = 0, squares = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto run = test::run("fluctuations", settings, seed);
    const double exact = observable.ends_with("excess") ? 0 : run.prediction("critical_time");
    const double z = run.deviation(observable, exact);
    sum += z / std::sqrt(kSeeds), squares += z * z / kSeeds;
  }
  UNSCOPED_INFO("mean z x sqrt(20) " << sum << ", mean square " << squares);
  return {sum, squares};
}

}  // namespace

TEST_CASE("lambda_max is unbiased where eigenvalues meet: symmetry and heat",
          "[statistical][fluctuations]") {
  const std::vector<std::vector<std::string>> lattices = {
      {"target.side=3", "target.coupling=-1", "target.temperature=1", "sampling.replicas=32"},
      {"target.side=4", "target.coupling=-1", "target.temperature=100", "sampling.replicas=16"},
      {"target.side=4", "target.temperature=50", "target.boundary=open", "sampling.replicas=16"}};
  for (std::vector<std::string> settings : lattices) {
    settings.emplace_back("target.kind=ising_lattice");
    const auto [mean, square] = deviations(settings, "covariance_eigenvalue");
    CHECK(std::abs(mean) < 4.5);
    CHECK(square < 2.5);
    CHECK(square > .3);
  }
}

TEST_CASE("lambda_max of hot glasses and diluted magnets is unbiased",
          "[statistical][fluctuations]") {
  for (std::vector<std::string> settings :
       {std::vector<std::string>{"target.kind=sherrington_kirkpatrick", "target.dimension=12",
                                 "target.temperature=50", "experiment.sampler=chains"},
        {"target.kind=diluted", "target.side=4", "target.temperature=30"}}) {
    settings.emplace_back("sampling.disorder_samples=32");
    settings.emplace_back("sampling.replicas=1");
    const auto [mean, square] = deviations(settings, "covariance_eigenvalue_excess");
    CHECK(std::abs(mean) < 4.5);
    CHECK(square < 2.5);
  }
}
