// A score in training against what is known of it: noise samples, identities of the losses, closed
// forms of linear networks, copies among generated data. Disorder tables: tables.cpp.
#include <cmath>

#include "tests/run.hpp"

namespace symbreak {

using test::Run;

TEST_CASE("Training: the same with noise samples instead of the exact average",
          "[statistical][training]") {
  // N = 40, p = 240, s = .02: own and true train loss trained to the end.
  const auto run_of = [](const std::string& m) {
    return test::run("training", {"target.kind=random_features", "target.parametrisation=noise",
                                  "target.centred=no", "target.variance=1", "target.dimension=20",
                                  "target.features=240", "target.n=40", "experiment.t=0.02",
                                  "target.noise_samples=" + m, "sampling.states=10",
                                  "experiment.tau_per_decade=3", "sampling.disorder_samples=10"});
  };
  const Run one = run_of("1"), ten = run_of("10"), many = run_of("100");
  CHECK(std::abs(one.estimates.at("train_loss_end").mean[0]) < 1e-12);
  CHECK(one.estimates.at("true_train_loss_end").mean[0] > 1.2);
  CHECK(ten.estimates.at("train_loss_end").mean[0] == Approx(.155).margin(.01));
  CHECK(ten.estimates.at("true_train_loss_end").mean[0] == Approx(1.02).margin(.1));
  CHECK(many.estimates.at("train_loss_end").mean[0] == Approx(.369).margin(.01));
  CHECK(many.estimates.at("true_train_loss_end").mean[0] == Approx(.42).margin(.01));
}

TEST_CASE("Training: losses are distances, every noise and training time",
          "[statistical][training]") {
  for (const std::string t : {"0.02", "0.3", "3"}) {
    const Run run = test::run(
        "training", {"target.kind=random_features", "target.dimension=6", "target.m=0.8",
                     "target.std=0.6", "target.n=10", "target.features=80", "experiment.t=" + t,
                     "experiment.sampled_tau=0,10,1e3,1e5,inf", "experiment.tau_per_decade=3",
                     "sampling.states=2000", "sampling.disorder_samples=10"});
    for (Eigen::Index i = 0; i < 5; ++i) {
      INFO("t = " << t << ", training time " << i);
      CHECK(std::abs(run.deviation("train_identity", 0, i)) < 4);
      CHECK(std::abs(run.deviation("test_identity", 0, i)) < 4);
    }
    CHECK(run.estimates.at("curl").mean[0] < 1e-12);  // untrained: a multiple of the identity
    CHECK(run.estimates.at("curl").mean[3] > 0.01);
  }
}

TEST_CASE("Training: linear networks generate the variances of closed forms",
          "[statistical][training]") {
  for (const std::string sampler : {"ode", "bridge_heun"}) {
    const Run run = test::run(
        "training", {"target.kind=random_features", "target.dimension=6", "target.n=12",
                     "target.activation=linear", "target.noise_low=1e-3", "target.noise_high=100",
                     "experiment.t=0.3", "experiment.generated_tau=1,4", "experiment.steps=300",
                     "experiment.tau_per_decade=3", "experiment.sampler=" + sampler,
                     "sampling.walkers=240", "sampling.states=10", "sampling.disorder_samples=12"});
    CHECK(run.estimates.at("linear_deviation").mean[0] < 1e-12);
    for (Eigen::Index i = 0; i < 2; ++i) {
      CHECK(std::abs(run.deviation("mode_variance_excess", 0, i)) < 4);
      CHECK(run.estimates.at("mode_variance_excess").error[i] < 0.02);
    }
  }
}

TEST_CASE("Training: copies among generated data", "[statistical][training]") {
  // d = 8, two classes, p = 256, N = 16; f_mem and within-class variance of an independent program.
  const Run run = test::run(
      "training",
      {"target.kind=random_features", "target.dimension=8", "target.m=0.8", "target.std=0.6",
       "target.n=16", "target.features=256", "target.centred=no", "target.variance=1",
       "target.levels=24", "target.noise_low=1e-3", "target.noise_high=100", "experiment.t=0.05",
       "experiment.generated_tau=0,1e2,1e3,1e4,1e6,inf", "experiment.sampler=bridge",
       "experiment.steps=184", "experiment.tau_per_decade=3", "sampling.states=10",
       "sampling.walkers=300", "sampling.disorder_samples=10"});
  const struct {
    double value, error;
  } copies[] = {{0, 3e-4}, {.0017, 7e-4}, {.024, .002}, {.112, .01}, {.415, .015}, {.836, .007}};
  for (Eigen::Index i = 0; i < 6; ++i) {
    const auto& found = run.estimates.at("memorized");
    INFO("f_mem " << found.mean[i] << " +- " << found.error[i] << ", " << copies[i].value);
    CHECK(std::abs(found.mean[i] - copies[i].value) <
          3 * std::hypot(std::max(found.error[i], 3e-4), copies[i].error));
  }
  CHECK(run.estimates.at("memorized_null").mean[0] < 0.005);
  CHECK(run.estimates.at("transverse_variance").mean[0] == Approx(.96).margin(.04));
  CHECK(run.estimates.at("transverse_variance_population").mean[0] == Approx(.348).margin(.012));
  // E (mean of the coordinates)^2, here in units of the class mean .8.
  CHECK(.64 * run.estimates.at("second_moment_population").mean[0] == Approx(.679).margin(.03));
}

}  // namespace symbreak
