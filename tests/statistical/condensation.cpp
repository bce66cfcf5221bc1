// Condensation of synthetic datasets: exact identities, the threshold weight, planted against
// unplanted. Fixed seeds; errors from disorder samples; false alarms below 1e-4 per check.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "analysis/statistics/estimate.hpp"
#include "analysis/theory/information.hpp"
#include "analysis/theory/levels/threshold.hpp"
#include "sim/measure/experiment.hpp"
#include "tests/run.hpp"
#include "tests/scratch.hpp"
#include "tests/statistical/coverage.hpp"

using namespace symbreak;

namespace {

std::map<std::string, statistics::Estimate> run(const std::vector<std::string>& settings,
                                                std::uint64_t seed) {
  return test::run("condensation", settings, {.seed = seed, .point = 9, .disorder_point = 9})
      .estimates;
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
    const auto estimates = run(
        {"target.kind=synthetic_dataset", fmt::format("target.law={}", law), "target.dimension=64",
         "target.n=1000", fmt::format("experiment.t={}", noise), "experiment.losses=no",
         "sampling.walkers=64", "sampling.blocks=1", "sampling.disorder_samples=400"},
        22);
    // Two measurements, 3 combined standard errors: false alarm 0.27 %; relative error below 1 %.
    const statistics::Estimate& weight = estimates.at("participation");
    INFO(law << ": " << weight.mean[0] << " +- " << weight.error[0] << ", reference " << value);
    CHECK(std::abs(weight.mean[0] - value) < 3 * std::hypot(weight.error[0], error));
    CHECK(weight.error[0] < 0.01 * weight.mean[0]);
    const auto law_value =
        theory::threshold_weight(theory::information({data_law, 64, 1}, noise), std::log(1000.0));
    CHECK(std::abs(weight.mean[0] - law_value.value) < 3 * weight.error[0] + law_value.error);
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

TEST_CASE("Clones and U-turns end where the weights say") {
  // Exact draws and simulated reverse trajectories; duplicates of a datum are data of their own.
  const std::vector<std::string> common = {"target.kind=synthetic_dataset",
                                           "target.law=gaussian",
                                           "target.dimension=16",
                                           "target.n=64",
                                           "experiment.t=1.4",
                                           "experiment.steps=48",
                                           "sampling.walkers=32",
                                           "sampling.blocks=1"};
  for (const char* method : {"posterior", "reverse"}) {
    auto settings = common;
    settings.push_back(fmt::format("experiment.clones={}", method));
    settings.push_back(
        fmt::format("sampling.disorder_samples={}", std::string(method) == "posterior" ? 200 : 60));
    const auto estimates = run(settings, 24);
    INFO(method);
    for (const char* identity : {"clone_identity", "return_identity", "overlap_identity"}) {
      CHECK(std::abs(deviation(estimates.at(identity), 0)) < 3.5);
    }
    // The futures of another temperature would not pass: E[Y] differs by 12 standard errors.
    auto hotter = settings;
    hotter.push_back("experiment.t=2.2");
    const auto wrong = run(hotter, 24);
    CHECK(std::abs(wrong.at("clone_probability").mean[0] - estimates.at("participation").mean[0]) >
          8 * wrong.at("clone_probability").error[0]);
  }
}

TEST_CASE("Reverse trajectories of the dataset's score have the law of planted states") {
  std::vector<std::string> settings = {"target.kind=synthetic_dataset",
                                       "target.law=binary",
                                       "target.dimension=16",
                                       "target.n=64",
                                       "experiment.t=1.2",
                                       "experiment.steps=48",
                                       "sampling.walkers=32",
                                       "sampling.blocks=1",
                                       "sampling.disorder_samples=120"};
  const auto planted = run(settings, 25);
  settings.push_back("experiment.state=trajectory");
  const auto moving = run(settings, 26);
  const auto &a = planted.at("participation"), &b = moving.at("participation");
  INFO(a.mean[0] << " +- " << a.error[0] << ", " << b.mean[0] << " +- " << b.error[0]);
  CHECK(std::abs(a.mean[0] - b.mean[0]) < 3.5 * std::hypot(a.error[0], b.error[0]));
  CHECK(a.mean[0] > 0.3);
  // Below the collapse what is generated is a copy; a sample stopped far above is not.
  settings.push_back("experiment.t=0.02");
  CHECK(run(settings, 27).at("memorized").mean[0] > 0.99);
  settings.push_back("experiment.t=5");
  CHECK(run(settings, 27).at("memorized").mean[0] < 0.05);
}

namespace {

/// A dataset of the lines of a text.
class Table {
 public:
  explicit Table(const std::string& text) : path_(folder_.write("table.csv", text)) {}
  std::vector<std::string> settings(double t) const {
    return {
        "target.kind=dataset",         "target.file=" + path_, fmt::format("experiment.t={}", t),
        "experiment.clones=posterior", "sampling.walkers=64",  "sampling.blocks=60"};
  }

 private:
  test::ScratchFolder folder_;
  std::string path_;
};

}  // namespace

TEST_CASE("Datasets of one, two, equal and duplicate points") {
  {
    const Table one("0.5,1.5\n");
    const auto estimates = run(one.settings(0.7), 28);
    for (const char* name : {"participation", "true_weight", "map_correct", "clone_probability"}) {
      CHECK(estimates.at(name).mean[0] == Approx(1).epsilon(1e-12));
    }
    CHECK(estimates.at("excess_entropy").mean[0] == Approx(0).margin(1e-12));
    CHECK(estimates.at("denoising_error").mean[0] == Approx(0).margin(1e-12));
  }
  {
    // Two points at distance 2: a +-1 datum at signal-to-noise 1/t, E[w_1] = (1 + E tanh)/2.
    const Table two("1,3\n-1,3\n");
    const auto estimates = run(two.settings(0.7), 29);
    CHECK(std::abs(deviation(estimates.at("true_weight"), theory::clone_probability(1 / 0.7))) < 4);
    CHECK(std::abs(deviation(estimates.at("clone_probability"),
                             theory::clone_probability(1 / 0.7))) < 4);
    CHECK(std::abs(deviation(estimates.at("map_correct"),
                             std::erfc(-std::sqrt(1 / 0.7) / std::sqrt(2.0)) / 2)) < 4);
  }
  // Zero variance, and one that the noise hides to rounding: the data are told apart by chance.
  for (const char* text : {"1,3\n1,3\n1,3\n1,3\n", "0,1e-8\n1e-8,0\n2e-8,0\n0,0\n"}) {
    const auto estimates = run(Table(text).settings(0.01), 30);
    CHECK(estimates.at("participation").mean[0] == Approx(0.25).epsilon(1e-6));
    CHECK(std::abs(deviation(estimates.at("map_correct"), 0.25)) < 4);
    CHECK(std::abs(deviation(estimates.at("clone_identity"), 0)) < 4);
    CHECK(std::abs(deviation(estimates.at("return_identity"), 0)) < 4);
  }
  {
    const Table duplicates("1,3\n1,3\n-1,3\n5,-2\n");
    for (const char* method : {"posterior", "reverse"}) {
      auto settings = duplicates.settings(0.6);
      settings.push_back(fmt::format("experiment.clones={}", method));
      const auto estimates = run(settings, 31);
      INFO(method);
      for (const char* identity :
           {"map_identity", "clone_identity", "return_identity", "true_weight_identity"}) {
        CHECK(std::abs(deviation(estimates.at(identity), 0)) < 4);
      }
    }
  }
}

TEST_CASE("Error bars of disorder averages cover") {
  // E[Y] of 12 disorder samples of 4 states each, against the mean of all repetitions.
  std::vector<double> means, errors;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto estimates =
        run({"target.kind=synthetic_dataset", "target.dimension=6", "target.n=12", "experiment.t=1",
             "experiment.losses=no", "sampling.walkers=4", "sampling.blocks=1",
             "sampling.disorder_samples=12"},
            1000 + seed);
    means.push_back(estimates.at("participation").mean[0]);
    errors.push_back(estimates.at("participation").error[0]);
  }
  double truth = 0;
  for (const double mean : means) truth += mean / 300;
  coverage::Count count;
  for (std::size_t i = 0; i < means.size(); ++i) count.add(means[i], errors[i], truth);
  INFO(count.text());
  CHECK(count.covers(0.015));  // Student's t with 11 degrees of freedom covers 66.1 %
}
