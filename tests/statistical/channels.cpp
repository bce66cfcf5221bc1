// Discrete channels by simulation against their exact numbers: units as the engine runs them. 4
// standard errors each, false alarm 6e-5; fixed seeds. Twins that are wrong on purpose must fail.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/run.hpp"

using namespace symbreak;

namespace {

std::vector<double> predicted(const test::Run& run, const std::string& name) {
  for (const auto& each : run.experiment->predictions()) {
    if (each.quantity == name) return each.values;
  }
  return {};
}

const std::vector<std::string> kAmount = {"sampling.walkers=64", "sampling.blocks=16",
                                          "sampling.replicas=2"};

std::vector<std::string> with(std::vector<std::string> settings) {
  settings.insert(settings.end(), kAmount.begin(), kAmount.end());
  return settings;
}

}  // namespace

TEST_CASE("Entropy production of flips and masks is the exact curve", "[statistical]") {
  for (const char* channel : {"forward.channel=erase", "forward.channel=flip"}) {
    const test::Run run = test::run(
        "discrete_clock", with({channel, "target.kind=curie_weiss", "target.dimension=20",
                                "target.coupling=1.2", "experiment.noise=0.1, 0.3, 0.45"}));
    INFO(channel);
    for (const std::string name : {"conditional_entropy", "entropy_rate", "clone_probability"}) {
      const auto exact = predicted(run, name);
      REQUIRE(exact.size() == 3);
      for (Eigen::Index i = 0; i < 3; ++i) {
        CHECK(std::abs(run.deviation(name, exact[static_cast<std::size_t>(i)], i)) < 4);
      }
    }
    const double entropy = run.prediction("data_entropy");
    CHECK(std::abs(run.deviation("entropy_produced", entropy)) < 4);
    CHECK(std::abs(run.deviation("entropy_produced", 1.05 * entropy)) > 4);  // wrong on purpose
    for (Eigen::Index i = 0; i < 3; ++i) {
      CHECK(std::abs(run.deviation("overlap_identity", 0, i)) < 4);
      CHECK(std::abs(run.deviation("clone_identity", 0, i)) < 4);
    }
  }
}

TEST_CASE("Chains in clamped and flipped fields have the exact overlaps", "[statistical]") {
  for (const char* channel : {"forward.channel=erase", "forward.channel=flip"}) {
    const test::Run run = test::run(
        "discrete_clock",
        {channel, "target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
         "target.posterior=monte_carlo", "experiment.noise=0.2, 0.4", "experiment.rounds=4",
         "sampling.walkers=32", "sampling.blocks=8", "sampling.replicas=2"});
    INFO(channel);
    const auto clones = predicted(run, "clone_probability");
    REQUIRE(clones.size() == 2);
    for (Eigen::Index i = 0; i < 2; ++i) {
      CHECK(std::abs(run.deviation("clone_probability", clones[static_cast<std::size_t>(i)], i)) <
            4);
      CHECK(std::abs(run.deviation("overlap_identity", 0, i)) < 4);
      CHECK(std::abs(run.deviation("clone_identity", 0, i)) < 4);
    }
  }
}

TEST_CASE("Sampled posteriors have the exact entropy production", "[statistical]") {
  // 16 x 8 samples a group: the bias that is left is below a tenth of the error (of entropies of the
  // means themselves, without the jackknife, twice the error at e = .4).
  for (const char* channel : {"forward.channel=erase", "forward.channel=flip"}) {
    const test::Run run = test::run(
        "discrete_clock",
        {channel, "target.kind=ising_lattice", "target.side=4", "target.temperature=2",
         "target.posterior=monte_carlo", "experiment.noise=0.2, 0.4", "experiment.rounds=16",
         "sampling.walkers=64", "sampling.blocks=8", "sampling.replicas=4"});
    INFO(channel);
    const auto rate = predicted(run, "entropy_rate");
    REQUIRE(rate.size() == 2);
    for (Eigen::Index i = 0; i < 2; ++i) {
      CHECK(std::abs(run.deviation("entropy_rate", rate[static_cast<std::size_t>(i)], i)) < 4);
    }
    // Of Kaufman's partition function; table: 3.062324808512.
    const double entropy = run.prediction("data_entropy");
    CHECK(entropy == Approx(3.062324808512).margin(1e-9).epsilon(0));
    CHECK(std::abs(run.deviation("entropy_produced", entropy)) < 4);
    CHECK(std::abs(run.deviation("entropy_produced", 1.2 * entropy)) > 4);  // wrong on purpose
  }
}

TEST_CASE("Leaps of sampled posteriors cost the Riemann excess", "[statistical]") {
  for (const char* schedule : {"even", "cosine"}) {
    const test::Run run =
        test::run("discrete_generation",
                  {"target.kind=ising_lattice", "target.side=4", "target.temperature=2",
                   "target.posterior=monte_carlo", "experiment.sweeps=32", "experiment.steps=4",
                   std::string("experiment.schedule=") + schedule, "sampling.walkers=64",
                   "sampling.blocks=16", "sampling.replicas=4"});
    // Table: 4 x 4 torus, T = 2, n = 4.
    const double exact = schedule == std::string("even") ? 1.597358 : .825971;
    CHECK(run.prediction("leaping_excess") == Approx(exact).margin(1e-6).epsilon(0));
    CHECK(std::abs(run.deviation("leaping_excess", exact)) < 4);
    CHECK(std::abs(run.deviation("leaping_excess", 0.8 * exact)) > 4);  // wrong on purpose
  }
}

TEST_CASE("Leaps cost the Riemann excess", "[statistical]") {
  for (const char* schedule : {"even", "sqrt_rate"}) {
    const test::Run run =
        test::run("discrete_generation",
                  with({"target.kind=curie_weiss", "target.dimension=30", "target.coupling=1.3",
                        "experiment.steps=4", std::string("experiment.schedule=") + schedule}));
    const double exact = run.prediction("leaping_excess");
    CHECK(std::abs(run.deviation("leaping_excess", exact)) < 4);
    CHECK(std::abs(run.deviation("leaping_excess", 0.5 * exact)) > 4);  // wrong on purpose
  }
}

TEST_CASE("Samples of biased steps have the law of the steps", "[statistical]") {
  const std::vector<std::string> chain = {"target.kind=ising_chain", "target.dimension=6",
                                          "target.coupling=0.8", "target.field=0.1",
                                          "experiment.steps=4"};
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), chain.begin(), chain.end());
    return test::run("discrete_generation", with(more));
  };
  for (const auto& settings : std::vector<std::vector<std::string>>{
           {"forward.channel=erase"},
           {"forward.channel=flip", "experiment.t_start=4", "experiment.start=noised"},
           {"forward.channel=flip", "experiment.sampler=tau_leap", "experiment.t_start=4"},
           {"forward.channel=flip", "experiment.sampler=euler", "experiment.t_start=4"}}) {
    const test::Run found = run(settings);
    for (const std::string name : {"energy", "magnetization_second"}) {
      CHECK(std::abs(found.deviation(name, found.prediction(name))) < 4);
    }
    // The data are something else.
    CHECK(std::abs(found.deviation("energy", found.estimates.at("energy_of_data").mean[0])) > 4);
  }
}

TEST_CASE("Exact reverse processes generate the data", "[statistical]") {
  // One step of the joint kernel is a posterior draw; several must be no worse.
  for (const auto& settings : std::vector<std::vector<std::string>>{
           {"forward.channel=erase", "experiment.sampler=exact"},
           {"forward.channel=erase", "experiment.sampler=one_site"},
           {"forward.channel=flip", "experiment.sampler=exact"}}) {
    std::vector<std::string> all = {"target.kind=ising_lattice", "target.side=4",
                                    "target.temperature=2.5", "experiment.steps=3"};
    all.insert(all.end(), settings.begin(), settings.end());
    const test::Run run = test::run("discrete_generation", with(all));
    for (const std::string name : {"energy", "magnetization_second"}) {
      const auto &of = run.estimates.at(name), &data = run.estimates.at(name + "_of_data");
      const double error = std::hypot(of.error[0], data.error[0]);
      INFO(settings[0] << " " << settings[1] << " " << name);
      CHECK(std::abs(of.mean[0] - data.mean[0]) < 4 * error);
    }
  }
}

TEST_CASE("Memorization by flips and masks has the exact weight", "[statistical]") {
  for (const auto& [channel, noise] : {std::pair{"forward.channel=erase", "experiment.noise=0.75"},
                                       std::pair{"forward.channel=flip", "experiment.noise=0.2"}}) {
    const test::Run run =
        test::run("discrete_condensation",
                  {"target.kind=synthetic_dataset", "target.law=binary", "target.dimension=20",
                   "target.n=64", channel, noise, "sampling.walkers=32", "sampling.blocks=1",
                   "sampling.disorder_samples=256"});
    const double exact = run.prediction("true_weight");
    INFO(channel);
    CHECK(std::abs(run.deviation("true_weight", exact)) < 4);
    CHECK(std::abs(run.deviation("true_weight", 1.1 * exact)) > 4);  // wrong on purpose
    CHECK(std::abs(run.deviation("participation", exact)) < 4);
    CHECK(std::abs(run.deviation("return_probability", exact)) < 4);
    for (const std::string name : {"clone_identity", "return_identity", "map_identity"}) {
      CHECK(std::abs(run.deviation(name, 0)) < 4);
    }
  }
}

TEST_CASE("Sampled posteriors generate as summed ones do", "[statistical]") {
  // 4 x 4 torus, summed: the law of the sampler beside it; 16 chains of 16 sweeps are as good.
  const auto run = [](std::vector<std::string> more) {
    const std::vector<std::string> torus = {"target.kind=ising_lattice", "target.side=4",
                                            "target.temperature=2.5",    "experiment.steps=4",
                                            "sampling.walkers=64",       "sampling.blocks=8",
                                            "sampling.replicas=2"};
    more.insert(more.begin(), torus.begin(), torus.end());
    return test::run("discrete_generation", more);
  };
  const auto of = [](const test::Run& found, const std::string& name) {
    return statistics::Value{found.estimates.at(name).mean[0], found.estimates.at(name).error[0]};
  };
  const auto apart = [](statistics::Value a, statistics::Value b) {
    return (a.value - b.value) / std::hypot(a.error, b.error);
  };
  for (const std::vector<std::string>& settings :
       {std::vector<std::string>{"forward.channel=erase"},
        {"forward.channel=flip", "experiment.sampler=tau_leap", "experiment.t_start=4"}}) {
    auto sampled = settings;
    sampled.emplace_back("experiment.chains=32");
    sampled.emplace_back("experiment.sweeps=64");
    const test::Run summed = run(settings), chains = run(sampled);
    for (const std::string name : {"energy", "magnetization_second"}) {
      INFO(settings[0] << " " << name);
      CHECK(std::abs(apart(of(chains, name), of(summed, name))) < 4);
    }
    // Leaps are not the data.
    CHECK(std::abs(apart(of(chains, "energy"), of(chains, "energy_of_data"))) > 4);
    CHECK(chains.estimates.at("r_hat").mean[0] < 1.3);
  }
  // Exact samplers are.
  for (const std::vector<std::string>& settings :
       {std::vector<std::string>{"forward.channel=flip", "experiment.sampler=exact"},
        {"forward.channel=erase", "experiment.sampler=one_site", "experiment.chains=32"}}) {
    auto sampled = settings;
    if (settings.size() == 2) sampled.emplace_back("target.posterior=monte_carlo");
    const test::Run chains = run(sampled);
    for (const std::string name : {"energy", "magnetization_second"}) {
      INFO(settings[1] << " " << name);
      CHECK(std::abs(apart(of(chains, name), of(chains, name + "_of_data"))) < 4);
    }
  }
}

TEST_CASE("Nothing softens on typical states of a spin glass", "[statistical]") {
  // Of another code, 60 draws: .492(3) and 1.640(18) at beta = .3, .534(6) and 3.087(80) at .7.
  struct Row {
    const char* temperature;
    double softening, error, eigenvalue, its_error;
  };
  for (const Row& row : {Row{"target.temperature=3.3333333333", .492, .003, 1.640, .018},
                         Row{"target.temperature=1.4285714286", .534, .006, 3.087, .080}}) {
    const test::Run run =
        test::run("discrete_clock", {"forward.channel=flip", "target.kind=sherrington_kirkpatrick",
                                     "target.dimension=12", row.temperature, "experiment.noise=0.3",
                                     "sampling.walkers=16", "sampling.blocks=4",
                                     "sampling.replicas=1", "sampling.disorder_samples=40"});
    const auto &softening = run.estimates.at("softening"), &lambda = run.estimates.at("eigenvalue");
    CHECK(std::abs(softening.mean[0] - row.softening) <
          4 * std::hypot(softening.error[0], row.error));
    CHECK(std::abs(lambda.mean[0] - row.eigenvalue) <
          4 * std::hypot(lambda.error[0], row.its_error));
    CHECK(softening.mean[0] < .7);
  }
}
