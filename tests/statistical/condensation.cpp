// Condensation of synthetic datasets: exact identities, the threshold weight, planted against
// unplanted. Fixed seeds; errors from disorder samples; false alarms below 1e-4 per check.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "analysis/statistics/estimate.hpp"
#include "analysis/theory/condensation.hpp"
#include "sim/experiment/experiment.hpp"
#include "tests/parameters.hpp"

using namespace symbreak;

namespace {

std::map<std::string, statistics::Estimate> run(const std::vector<std::string>& settings,
                                                std::uint64_t seed) {
  const deck::Parameters parameters = test::parameters("condensation", settings);
  const auto experiment = experiment::kind("condensation").make(parameters);
  const auto observables = experiment->observables();
  std::vector<std::vector<statistics::Series>> series(observables.size());
  for (std::uint32_t disorder = 0; disorder < experiment->disorder_samples(); ++disorder) {
    experiment::Recorder recorder(observables);
    const auto unit =
        experiment->start({.seed = seed, .point = 9, .disorder_point = 9, .disorder = disorder});
    for (std::int64_t block = 0; block < unit->blocks(); ++block) unit->advance(recorder);
    const auto finished = recorder.finish();
    for (std::size_t i = 0; i < finished.size(); ++i) series[i].push_back(finished[i]);
  }
  std::map<std::string, statistics::Estimate> estimates;
  for (std::size_t i = 0; i < observables.size(); ++i) {
    estimates[observables[i].name] = statistics::combine(series[i], statistics::Grouping::disorder);
  }
  return estimates;
}

double deviation(const statistics::Estimate& estimate, double exact) {
  const double z = (estimate.mean[0] - exact) / estimate.error[0];
  UNSCOPED_INFO(fmt::format("measured {} +- {}, reference {}, {:.2f} sigma", estimate.mean[0],
                            estimate.error[0], exact, z));
  return z;
}

}  // namespace

TEST_CASE("Planted weights obey the exact identities and their reference values") {
  // d = 16, N = 64, +-1 data: independent simulation gave E[Y] = .2374(27) at g = .3 and .6778(73)
  // at g = .8.
  struct Reference {
    double g, participation, error;
  };
  for (const Reference reference :
       {Reference{0.3, 0.2374, 0.0027}, Reference{0.8, 0.6778, 0.0073}}) {
    const auto estimates =
        run({"target.kind=synthetic_dataset", "target.law=binary", "target.dimension=16",
             "target.n=64", fmt::format("experiment.t={}", 1 / reference.g), "sampling.walkers=16",
             "sampling.blocks=1", "sampling.disorder_samples=600"},
            21);
    INFO("g = " << reference.g);
    CHECK(std::abs(deviation(estimates.at("true_weight_identity"), 0)) < 4);
    CHECK(std::abs(deviation(estimates.at("map_identity"), 0)) < 4);
    const statistics::Estimate& y = estimates.at("participation");
    CHECK(std::abs(y.mean[0] - reference.participation) <
          4 * std::hypot(y.error[0], reference.error));
    // A factor of two in the temperature is far outside.
    const auto wrong =
        run({"target.kind=synthetic_dataset", "target.law=binary", "target.dimension=16",
             "target.n=64", fmt::format("experiment.t={}", 2 / reference.g), "sampling.walkers=16",
             "sampling.blocks=1", "sampling.disorder_samples=100"},
            21);
    CHECK(std::abs(deviation(wrong.at("participation"), reference.participation)) > 8);
  }
}

TEST_CASE("At the Shannon threshold the planted weight is one half and a finite-size term") {
  // d = 64, N = 1000, g = g_C: independent simulation E[Y] = .5672(28) Gaussian, .5801(22) binary.
  const double alpha = std::log(1000.0) / 64;
  const auto check = [&](const char* law, theory::DataLaw data_law, double value, double error) {
    const double noise = theory::collapse_noise(data_law, alpha, 1);
    const auto estimates =
        run({"target.kind=synthetic_dataset", fmt::format("target.law={}", law),
             "target.dimension=64", "target.n=1000", fmt::format("experiment.t={}", noise),
             "sampling.walkers=64", "sampling.blocks=1", "sampling.disorder_samples=60"},
            22);
    const statistics::Estimate& weight = estimates.at("true_weight");
    INFO(law << ": " << weight.mean[0] << " +- " << weight.error[0] << ", reference " << value);
    CHECK(std::abs(weight.mean[0] - value) < 4 * std::hypot(weight.error[0], error));
    CHECK(weight.error[0] < 0.02);
  };
  check("gaussian", theory::DataLaw::gaussian, .5672, .0028);
  check("sphere", theory::DataLaw::sphere, .5761, .0026);
  check("binary", theory::DataLaw::binary, .5801, .0022);
}

TEST_CASE("Unplanted states are less condensed than planted ones") {
  const std::vector<std::string> common = {"target.kind=synthetic_dataset",
                                           "target.law=gaussian",
                                           "target.dimension=64",
                                           "target.n=1000",
                                           "experiment.t=3",
                                           "sampling.walkers=32",
                                           "sampling.blocks=1",
                                           "sampling.disorder_samples=40"};
  auto planted = common, unplanted = common;
  planted.push_back("experiment.state=planted");
  unplanted.push_back("experiment.state=unplanted");
  const auto a = run(planted, 23), b = run(unplanted, 23);
  CHECK(b.at("participation").mean[0] + 5 * b.at("participation").error[0] <
        a.at("participation").mean[0]);
  CHECK(b.count("true_weight") == 0);
}
