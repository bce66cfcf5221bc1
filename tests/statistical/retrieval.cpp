// The modern Hopfield network: exact crosstalk, fixed points, basins, one potential under two
// names.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "analysis/statistics/estimate.hpp"
#include "analysis/theory/information.hpp"
#include "sim/measure/experiment.hpp"
#include "tests/run.hpp"

using namespace symbreak;

namespace {

std::map<std::string, statistics::Estimate> run(std::vector<std::string> settings) {
  settings.insert(settings.begin(), "target.kind=synthetic_dataset");
  return test::run("retrieval", settings, {.seed = 41, .point = 9, .disorder_point = 9}).estimates;
}

}  // namespace

TEST_CASE("The weight of the others at a datum has its exact mean") {
  struct Case {
    const char* law;
    theory::DataLaw data_law;
    double d;
  };
  for (const Case& c :
       {Case{"sphere", theory::DataLaw::sphere, 10}, Case{"binary", theory::DataLaw::binary, 10}}) {
    const auto estimates = run({fmt::format("target.law={}", c.law), "target.dimension=10",
                                "target.n=800", "experiment.t=1", "sampling.disorder_samples=60"});
    const auto& crosstalk = estimates.at("crosstalk");
    const double exact = std::exp(theory::log_crosstalk(c.data_law, 1, c.d));
    const double z = (crosstalk.mean[0] - exact) / crosstalk.error[0];
    INFO(c.law << ": " << crosstalk.mean[0] << " +- " << crosstalk.error[0] << ", exact " << exact
               << ", " << z << " sigma");
    CHECK(std::abs(z) < 4);                    // false alarm 6e-5
    CHECK(crosstalk.error[0] < 0.03 * exact);  // a wrong dimension would be seen
    CHECK(std::abs(estimates.at("energy_difference").mean[0]) < 1e-6);
    CHECK(estimates.at("energy_rise").mean[0] < 1e-6);
  }
}

TEST_CASE("Below capacity data are fixed points with a basin, above they are lost") {
  const std::vector<std::string> common = {"target.law=sphere", "target.dimension=20",
                                           "experiment.t=0.5", "sampling.disorder_samples=10"};
  const auto with = [&](const std::string& n, const std::string& overlap) {
    auto settings = common;
    settings.push_back("target.n=" + n);
    settings.push_back("experiment.overlap=" + overlap);
    return run(settings);
  };
  const auto few = with("30", "1");
  CHECK(few.at("retrieved").mean[0] == 1);
  CHECK(few.at("fixed_point_distance").mean[0] < 1e-3);
  CHECK(few.at("residual").mean[0] < 1e-5);
  CHECK(with("30", "0.8").at("retrieved").mean[0] > 0.95);
  CHECK(with("30", "0").at("retrieved").mean[0] < 0.3);
  // t = 5, b = 0.2: capacity b - max(b u + log(1 - u^2)/2) = .181, N = e^{3.6}.
  const auto many = run({"target.law=sphere", "target.dimension=20", "experiment.t=5",
                         "target.n=3000", "sampling.disorder_samples=4"});
  CHECK(many.at("retrieved").mean[0] == 0);
}
