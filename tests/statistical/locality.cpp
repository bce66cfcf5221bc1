// Windows of spins. Fixed seeds, 4 standard errors (false alarm 6e-5 each).
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

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

TEST_CASE("Chains find what sums say of a torus") {
  for (const std::vector<std::string>& noise :
       {std::vector<std::string>{"experiment.t=2"},
        {"forward.channel=erase", "experiment.noise=0.6"}}) {
    std::vector<std::string> settings{"target.kind=ising_lattice", "target.side=4",
                                      "target.temperature=2.6",    "experiment.radius=2",
                                      "sampling.walkers=256",      "sampling.blocks=4",
                                      "sampling.replicas=4"};
    settings.insert(settings.end(), noise.begin(), noise.end());
    const test::Run summed = test::run("locality", settings);
    const auto sampled_by = [&](const std::string& chains, const std::string& sweeps) {
      std::vector<std::string> all = settings;
      all.insert(all.end(), {"experiment.chains=" + chains, "experiment.sweeps=" + sweeps});
      return test::run("locality", all);
    };
    INFO(noise.front());
    const auto same = [&](const test::Run& sampled, const std::vector<std::string>& names) {
      for (const std::string& name : names) {
        const auto& exact = summed.estimates.at(name);
        const auto& found = sampled.estimates.at(name);
        for (Eigen::Index r = 0; r < exact.mean.size(); ++r) {
          INFO(name << " " << r << ": " << exact.mean[r] << " +- " << exact.error[r] << " summed, "
                    << found.mean[r] << " +- " << found.error[r]);
          CHECK(std::abs(found.mean[r] - exact.mean[r]) <
                4 * std::hypot(found.error[r], exact.error[r]));
          CHECK(found.error[r] < 0.1 * (exact.mean[r] + 0.02));
        }
      }
    };
    const test::Run sampled = sampled_by("4", "64");
    same(sampled, {"excess_mmse", "information_outside", "mmse", "entropy"});
    // Of few draws: entropies without their correction would be .02 too small.
    same(sampled_by("2", "16"), {"excess_mmse", "mmse", "entropy"});
    const auto& identity = sampled.estimates.at("overlap_identity");
    for (Eigen::Index r = 0; r <= 3; ++r) {
      if (identity.error[r] > 1e-12)
        CHECK(std::abs(sampled.deviation("overlap_identity", 0, r)) < 4);
    }
    const double site =
        sampled.estimates.at("excess_mmse").mean[0] + sampled.estimates.at("mmse").mean[0];
    CHECK(site == Approx(sampled.prediction("mmse_of_site")).epsilon(0.03));
  }
}

TEST_CASE("Chains that have not forgotten their datum are seen") {
  const test::Run run =
      test::run("locality", {"target.kind=ising_lattice", "target.side=8", "target.temperature=2.4",
                             "experiment.t=10", "experiment.radius=1", "experiment.chains=4",
                             "experiment.sweeps=4", "experiment.burn_in=1", "sampling.walkers=256",
                             "sampling.blocks=4", "sampling.replicas=2"});
  CHECK(run.deviation("overlap_identity", 0, 2) > 4);
}

TEST_CASE("Windows of images: Bayes' identity, and the whole image") {
  const test::Run run =
      test::run("locality", {"target.kind=synthetic_dataset", "target.dimension=25", "target.n=200",
                             "experiment.sides=5,5", "experiment.t=4", "experiment.radius=2",
                             "sampling.walkers=256", "sampling.blocks=8", "sampling.replicas=2"});
  for (Eigen::Index r = 0; r <= 3; ++r)
    CHECK(std::abs(run.deviation("overlap_identity", 0, r)) < 4);
  const auto& excess = run.estimates.at("excess_mmse");
  CHECK(excess.mean[0] > excess.mean[1]);
  CHECK(excess.mean[1] > 10 * excess.error[1]);
  CHECK(excess.mean[2] == 0);  // all of it is seen
}

TEST_CASE("Masked input of two Gaussian classes answers as their signs do") {
  // D_c(x) = v/(v + s) x_c + s/(v + s) m T(x), T = tanh(m sum x/(v + s)); d pixels, n seen.
  constexpr double m = 0.6, v = 0.5, s = 1.5, d = 9;
  const test::Run run =
      test::run("locality", {"target.kind=gaussian_mixture", "target.dimension=9", "target.m=0.6",
                             "target.std=0.70710678118654752", "experiment.sides=3,3",
                             "experiment.t=1.5", "experiment.radius=1", "experiment.site=1",
                             "sampling.walkers=2048", "sampling.blocks=8", "sampling.replicas=4"});
  // Of tanh(signal) with the label of n of the pixels in common: sums over three normal numbers.
  constexpr int kNodes = 60;
  const auto normal = [](int i) { return -6 + 12.0 * (i + 0.5) / kNodes; };
  const auto chance = [&](int i) {
    return std::exp(-normal(i) * normal(i) / 2) / std::sqrt(2 * std::numbers::pi) * 12 / kNodes;
  };
  for (const Eigen::Index r : {0, 1}) {
    const double seen = r == 0 ? 1 : 4, rest = d - seen, q = m / (v + s);
    const auto sum = [&](double sign, double sites, int i) {
      return q * (sign * m * sites + std::sqrt(sites * (v + s)) * normal(i));
    };
    double response = 0, growth = 0;
    for (int i = 0; i < kNodes; ++i) {
      for (int j = 0; j < kNodes; ++j) {
        for (int k = 0; k < kNodes; ++k) {
          for (const double sign : {1.0, -1.0}) {  // of the other datum; this one has +
            const double p = chance(i) * chance(j) * chance(k) / 2;
            const double whole = std::tanh(sum(1, seen, i) + sum(1, rest, j)),
                         mixed = std::tanh(sum(1, seen, i) + sum(sign, rest, k));
            response += p * (mixed - whole) * (mixed - whole);
            // y_c = v/(v + s) x_c + s/(v + s) m + noise of its own.
            growth += p * ((mixed - 1) * (mixed - 1) - (whole - 1) * (whole - 1));
          }
        }
      }
    }
    const double scale = std::pow(s * m / (v + s), 2);
    CHECK(std::abs(run.deviation("outside_response", scale * response, r)) < 4);
    CHECK(std::abs(run.deviation("error_growth", scale * growth, r)) < 4);
  }
}
