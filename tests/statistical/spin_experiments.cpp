// Experiments on sampled spin targets against exact sums. Fixed seeds; a check at 4 standard errors
// fails by chance with probability 6e-5. Each comparison has a twin that is wrong on purpose.
#include "sim/target/spin_system.hpp"
#include "sim/target/spins/magnetization_law.hpp"
#include "tests/contract.hpp"
#include "tests/exact/spin_states.hpp"
#include "tests/exact/target_build.hpp"
#include "tests/run.hpp"

using namespace symbreak;

namespace {

const std::vector<std::string> kLattice = {"target.kind=ising_lattice", "target.side=4",
                                           "target.temperature=2.5"};

std::vector<std::string> lattice(std::vector<std::string> more) {
  more.insert(more.begin(), kLattice.begin(), kLattice.end());
  return more;
}

}  // namespace

TEST_CASE("One posterior sample per step generates the exact law at any step size") {
  const std::vector<std::string> common = {
      "target.kind=curie_weiss", "target.dimension=16",    "target.coupling=0.9",
      "experiment.score=chains", "experiment.t_start=800", "experiment.t_end=0.02",
      "experiment.steps=6",      "experiment.records=3",   "sampling.walkers=256",
      "sampling.replicas=4",     "sampling.blocks=4",      "experiment.spacing=log"};
  auto exact = common, mean = common;
  exact.emplace_back("experiment.sampler=bridge_sample");
  mean.emplace_back("experiment.sampler=bridge");
  mean.emplace_back("experiment.sweeps=8");
  const auto good = test::run("generation", exact);
  CHECK(std::abs(good.deviation("energy_distance", 0)) < 4);
  CHECK(std::abs(good.deviation("frechet_excess", 0)) < 4);
  const auto difference = [](const test::Run& run) {
    const auto &reverse = run.estimates.at("mean_overlap"),
               &forward = run.estimates.at("mean_overlap_forward");
    const double z =
        (reverse.mean[0] - forward.mean[0]) / std::hypot(reverse.error[0], forward.error[0]);
    UNSCOPED_INFO(fmt::format("overlap of reverse and forward states: {:.2f} sigma apart", z));
    return std::abs(z);
  };
  CHECK(difference(good) < 4);
  // The clean mean in its place is not exact at these steps.
  CHECK(difference(test::run("generation", mean)) > 6);
}

TEST_CASE("Sampled scores: overlap, its error and the moments of generated spins") {
  const auto run = test::run(
      "generation", lattice({"target.posterior=monte_carlo", "experiment.sampler=bridge_heun",
                             "experiment.sweeps=8", "experiment.steps=48", "experiment.t_start=400",
                             "experiment.t_end=0.04", "experiment.records=5",
                             "sampling.walkers=256", "sampling.replicas=4", "sampling.blocks=4"}));
  const double binder_free = run.prediction("magnetization_second_exact");
  CHECK(std::abs(run.deviation("energy", run.prediction("energy_exact"))) < 4);
  CHECK(std::abs(run.deviation("magnetization_second", binder_free)) < 4);
  CHECK(std::abs(run.deviation("magnetization_abs", run.prediction("magnetization_abs_exact"))) <
        4);
  CHECK(std::abs(run.deviation("wasserstein_1_energy_excess", 0)) < 4);
  CHECK(std::abs(run.deviation("energy", 1.03 * run.prediction("energy_exact"))) > 4);
  const auto& forward = run.estimates.at("mean_overlap_forward");
  CHECK(std::abs(run.estimates.at("mean_overlap").mean[0] - forward.mean[0]) <
        4 * std::hypot(forward.error[0], run.estimates.at("mean_overlap").error[0]));
}

TEST_CASE("A measured law of M agrees with the exact one") {
  const auto target = test::make_target(
      "ising_lattice", {{"side", "4"}, {"temperature", "2.5"}, {"posterior", "monte_carlo"}});
  const auto law = target::measure_magnetization_law(*target, {.seed = 5, .point = 1}, 200000);
  const auto exact = *target::magnetization_law(*target);
  INFO(law.second << " +- " << law.second_error << ", exact " << *target->critical_noise());
  CHECK(law.second_error < 0.02 * law.second);
  CHECK(std::abs(law.second - *target->critical_noise()) < 4 * law.second_error);
  CHECK(std::abs(1.05 * law.second - *target->critical_noise()) > 4 * law.second_error);
  // 40 runs: every probability within 4 standard errors, below 0.4 %, of their mean. False alarm
  // (t with 39 degrees, 9 values that are not mirror images): 2e-3.
  constexpr int runs = 40;
  Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(exact.size()), squares = sum;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const auto one = target::measure_magnetization_law(*target, {.seed = seed}, 200000);
    const Eigen::ArrayXd ratio = one.probability.array() / exact.array();
    sum += ratio;
    squares += ratio.square();
  }
  const Eigen::ArrayXd mean = sum / runs, variance = squares / runs - mean.square(),
                       error = (variance / (runs - 1)).sqrt();
  CHECK(error.maxCoeff() < 4e-3);
  CHECK(((mean - 1) / error).abs().maxCoeff() < 4);
  CHECK(((1.02 * mean - 1) / error).abs().minCoeff() > 4);
}

TEST_CASE("Copies as chains and through the law of M have the same moments") {
  const std::vector<std::string> common = {"experiment.coupling=order_plane",
                                           "experiment.n=64",
                                           "experiment.t=8",
                                           "sampling.replicas=4",
                                           "sampling.blocks=16",
                                           "sampling.sweeps_per_block=400"};
  auto by_law = common, by_chains = common;
  by_law.emplace_back("experiment.copies=magnetization");
  by_chains.emplace_back("experiment.copies=chains");
  by_chains.emplace_back("target.posterior=monte_carlo");
  const auto law = test::run("copies", lattice(by_law));
  const auto chains = test::run("copies", lattice(by_chains), 12);
  for (const char* name : {"m2", "m4"}) {
    const auto &a = law.estimates.at(name), &b = chains.estimates.at(name);
    INFO(name << ": " << a.mean[0] << " +- " << a.error[0] << " and " << b.mean[0] << " +- "
              << b.error[0]);
    CHECK(std::abs(a.mean[0] - b.mean[0]) < 4 * std::hypot(a.error[0], b.error[0]));
    CHECK(b.error[0] < 0.1 * b.mean[0]);
  }
}

TEST_CASE("Fluctuations of the clean Ising model: critical time and energy") {
  const std::vector<std::string> settings = {"target.kind=ising_lattice", "target.side=8",
                                             "sampling.blocks=32", "target.temperature=3"};
  const auto run = test::run("fluctuations", settings);
  CHECK(std::abs(run.deviation("magnetization_second", 10.899981376691)) < 4);
  CHECK(std::abs(run.deviation("magnetization_square", 10.899981376691)) < 4);
  CHECK(std::abs(run.deviation("structure_factor", 10.899981376691)) < 4);
  CHECK(std::abs(run.deviation("energy", -0.84131542785192)) < 4);
  // Every wave along both axes, on a lattice that can be summed.
  const auto torus = test::run("fluctuations", lattice({"sampling.blocks=64"}));
  const auto target = test::make_target("ising_lattice", {{"side", "4"}, {"temperature", "2.5"}});
  for (int j = 0; j < 3; ++j) {
    const double exact = *test::spins(*target).structure_factor({0, j});
    CHECK(std::abs(torus.deviation("structure_factor", exact, j)) < 4);
    CHECK(std::abs(torus.deviation("structure_factor", 1.2 * exact, j)) > 6);
  }
  // The improved estimator earns its name.
  CHECK(run.estimates.at("magnetization_second").error[0] <
        run.estimates.at("magnetization_square").error[0]);
  auto warm = settings;
  warm.back() = "target.temperature=3.09";
  CHECK(
      std::abs(test::run("fluctuations", warm).deviation("magnetization_second", 10.899981376691)) >
      6);
}

TEST_CASE("Field scan: M(H) against exact sums") {
  const auto run = test::run(
      "field_scan", lattice({"target.posterior=monte_carlo", "experiment.fields=0.003, 0.03, 0.3",
                             "sampling.blocks=16", "sampling.replicas=2"}));
  const auto exact = test::make_target("ising_lattice", {{"side", "4"}, {"temperature", "2.5"}});
  const double fields[] = {0.003, 0.03, 0.3};
  for (Eigen::Index i = 0; i < 3; ++i) {
    const auto x = target::MatrixXd::Constant(16, 1, fields[i]);
    const double m = exact->mean(x, target::VectorXd::Ones(1)).mean();
    CHECK(std::abs(run.deviation("magnetization", m, i)) < 4);
    CHECK(std::abs(run.deviation("magnetization", 1.03 * m, i)) > 4);
    CHECK(run.estimates.at("magnetization").error[i] < 0.01 * m);
  }
}

TEST_CASE("Commitment: exact and sampled posteriors agree, and the identities of a score hold") {
  const std::vector<std::string> common = {"target.kind=curie_weiss", "target.dimension=24",
                                           "target.coupling=1.3", "experiment.t=12",
                                           "sampling.blocks=16"};
  auto sampled = common;
  sampled.emplace_back("experiment.posterior=chains");
  const auto exact = test::run("commitment", common), chains = test::run("commitment", sampled);
  for (const auto* run : {&exact, &chains}) {
    CHECK(std::abs(run->deviation("class_identity", 0)) < 4);
    CHECK(std::abs(run->deviation("stiffness_identity", 0)) < 4);
    CHECK(run->estimates.at("stiffness").mean[0] > 0);
  }
  for (const char* name : {"clone_probability", "stiffness", "overlap"}) {
    const auto &a = exact.estimates.at(name), &b = chains.estimates.at(name);
    INFO(name << ": " << a.mean[0] << " +- " << a.error[0] << " and " << b.mean[0] << " +- "
              << b.error[0]);
    CHECK(std::abs(a.mean[0] - b.mean[0]) < 4 * std::hypot(a.error[0], b.error[0]));
  }
}

TEST_CASE("Spin experiments continue with the same bits") {
  test::check_contract(
      "generation", lattice({"target.posterior=monte_carlo", "experiment.steps=6",
                             "experiment.records=3", "sampling.walkers=8", "sampling.blocks=3"}));
  test::check_contract("copies", lattice({"target.posterior=monte_carlo", "experiment.t=8",
                                          "experiment.n=64", "experiment.copies=chains",
                                          "sampling.blocks=3", "sampling.sweeps_per_block=5"}));
  test::check_contract("fluctuations",
                       lattice({"sampling.blocks=4", "sampling.samples_per_block=8"}));
  test::check_contract("field_scan",
                       lattice({"target.posterior=monte_carlo", "experiment.fields=0.01, 0.1",
                                "sampling.blocks=3", "sampling.measurements_per_block=2"}));
  test::check_contract("commitment", lattice({"target.posterior=monte_carlo", "experiment.t=5",
                                              "sampling.blocks=3", "sampling.walkers=4"}));
}

TEST_CASE("Chains of a spin glass that have not met are noticed, sample by sample") {
  const auto r_hat = [](const std::vector<std::string>& more) {
    std::vector<std::string> settings = {
        "target.kind=sherrington_kirkpatrick", "target.dimension=64",
        "experiment.sampler=chains",           "sampling.disorder_samples=1",
        "sampling.samples_per_block=512",      "sampling.blocks=8"};
    settings.insert(settings.end(), more.begin(), more.end());
    return test::run("fluctuations", settings).estimates.at("chains_r_hat").mean[0];
  };
  CHECK(r_hat({"target.temperature=2", "experiment.gap=8", "sampling.burn_in=200"}) < 1.02);
  CHECK(r_hat({"target.temperature=0.2", "experiment.gap=1", "sampling.burn_in=0"}) > 1.2);
}

TEST_CASE("Every sampler runs on a sampled score as on the exact one") {
  for (const char* sampler : {"ddim", "pndm", "bridge"}) {
    std::vector<std::string> exact = {std::string("experiment.sampler=") + sampler,
                                      "experiment.steps=12",
                                      "experiment.t_start=200",
                                      "experiment.t_end=0.04",
                                      "sampling.walkers=512",
                                      "sampling.blocks=4",
                                      "sampling.replicas=2"};
    auto sampled = exact;
    sampled.emplace_back("target.posterior=monte_carlo");
    sampled.emplace_back("experiment.sweeps=32");
    const auto a = test::run("fast_samplers", lattice(exact)),
               b = test::run("fast_samplers", lattice(sampled), 12);
    for (const char* name : {"energy", "magnetization_second"}) {
      const auto &x = a.estimates.at(name), &y = b.estimates.at(name);
      INFO(sampler << ", " << name << ": " << x.mean[0] << " +- " << x.error[0] << " and "
                   << y.mean[0] << " +- " << y.error[0]);
      CHECK(std::abs(x.mean[0] - y.mean[0]) < 4 * std::hypot(x.error[0], y.error[0]));
      CHECK(y.error[0] < 0.05 * std::abs(y.mean[0]));
    }
  }
}

TEST_CASE("What needs an exact posterior refuses a sampled one and says what to do") {
  const auto refuses = [](const std::string& kind, const std::vector<std::string>& settings) {
    CHECK_THROWS_AS(experiment::kind(kind).make(test::parameters(kind, settings)), deck::KeyError);
  };
  refuses("equation_of_state", lattice({"target.posterior=monte_carlo", "experiment.t=5"}));
  refuses("condensation", lattice({"target.posterior=monte_carlo", "experiment.t=5"}));
  refuses("generation", lattice({"target.posterior=monte_carlo", "experiment.score=exact"}));
  refuses("generation", lattice({"experiment.sampler=bridge_sample", "experiment.score=exact"}));
  refuses("copies", lattice({"target.posterior=monte_carlo", "experiment.t=5", "experiment.n=8",
                             "experiment.copies=exact"}));
  refuses("copies", lattice({"experiment.t=5", "experiment.n=8", "experiment.coupling=all",
                             "experiment.copies=magnetization"}));
  refuses("commitment", lattice({"target.posterior=monte_carlo", "experiment.t=5",
                                 "experiment.posterior=exact"}));
  refuses("field_scan",
          {"target.kind=deltas", "target.preset=three_deltas", "experiment.fields=0.1"});
  refuses("fluctuations", {"target.kind=deltas"});
}
