// Windows of spins. Fixed seeds, 4 standard errors (false alarm 6e-5 each).
#include <catch2/catch.hpp>
#include <cmath>

#include "sim/target/posterior.hpp"
#include "tests/run.hpp"

using namespace symbreak;

TEST_CASE("Windows of a chain lose what density evolution says") {
  for (const std::vector<std::string>& noise :
       {std::vector<std::string>{"experiment.t=1"},
        {"forward.channel=erase", "experiment.noise=0.5"}}) {
    std::vector<std::string> settings{"target.kind=ising_chain", "target.dimension=61",
                                      "target.coupling=1",       "experiment.radius=3",
                                      "sampling.walkers=512",    "sampling.blocks=4",
                                      "sampling.replicas=4"};
    settings.insert(settings.end(), noise.begin(), noise.end());
    const test::Run run =
        test::run("locality", settings, {.seed = 7, .point = 5, .disorder_point = 5}, true);
    const auto predictions = run.experiment->predictions();
    const auto known = [&](const std::string& name) {
      for (const auto& each : predictions) {
        if (each.quantity == name) return each.values;
      }
      throw std::logic_error(name);
    };
    INFO(noise.front());
    for (const auto* name : {"excess_mmse", "information_outside"}) {
      const auto exact = known(name);
      for (Eigen::Index r = 0; r <= 3; ++r) {
        CHECK(std::abs(run.deviation(name, exact[static_cast<std::size_t>(r)], r)) < 4);
      }
    }
    CHECK(std::abs(run.deviation("mmse", known("mmse")[0])) < 4);
    CHECK(std::abs(run.deviation("entropy", known("entropy")[0])) < 4);
  }
}

TEST_CASE("The window of all sites is the whole") {
  const test::Run run = test::run(
      "locality",
      {"target.kind=ising_lattice", "target.side=3", "target.temperature=2.5", "experiment.t=2",
       "experiment.radius=3", "sampling.walkers=64", "sampling.blocks=2", "sampling.replicas=2"},
      {.seed = 7, .point = 5, .disorder_point = 5});
  const auto& excess = run.estimates.at("excess_mmse");
  CHECK(excess.mean[2] == 0);  // a 3 x 3 torus is 2 bonds wide
  CHECK(excess.mean[1] > 0);
  CHECK(excess.mean[0] > excess.mean[1]);
}
