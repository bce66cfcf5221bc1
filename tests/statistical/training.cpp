// Disorder averages of training times and losses, against tables of an independent program (10 to 20
// draws each) and against training_reference.py.
#include <cmath>

#include "tests/run.hpp"

namespace symbreak {

namespace {

using test::Run;

/// A geometric mean or a mean, with its error; error 0: not in the table.
struct Known {
  double value = 0, error = 0;
};
struct Row {
  std::vector<std::string> settings;
  Known gen, best, rise, mem, minimum, test, train;
};

double z(const Run& run, const std::string& name, const Known& known, bool logarithm) {
  const auto& estimate = run.estimates.at(name);
  const double measured = estimate.mean[0], own = estimate.error[0];
  const double expected = logarithm ? std::log(known.value) : known.value;
  const double error = logarithm ? known.error / known.value : known.error;
  UNSCOPED_INFO(fmt::format("{}: measured {:.6g} +- {:.2g}, expected {:.6g} +- {:.2g}", name,
                            logarithm ? std::exp(measured) : measured,
                            logarithm ? std::exp(measured) * own : own, known.value, known.error));
  return (measured - expected) / std::hypot(own, error);
}

void check(const Row& row, const std::string& draws) {
  std::vector<std::string> settings = {"target.kind=random_features",
                                       "target.parametrisation=noise",
                                       "target.centred=no",
                                       "target.variance=1",
                                       "target.dimension=20",
                                       "target.features=240",
                                       "experiment.t=0.02",
                                       "sampling.states=10",
                                       "sampling.disorder_samples=" + draws};
  settings.insert(settings.end(), row.settings.begin(), row.settings.end());
  INFO(fmt::format("{}", fmt::join(row.settings, " ")));
  const Run run = test::run("training", settings);
  const auto agrees = [&](const std::string& name, const Known& known, bool logarithm) {
    // Seven numbers of a row, several rows: 3.5 for one false alarm in 300 runs of this file.
    if (known.error > 0) CHECK(std::abs(z(run, name, known, logarithm)) < 3.5);
  };
  agrees("log_tau_generalization", row.gen, true);
  agrees("log_tau_best", row.best, true);
  agrees("log_tau_rise", row.rise, true);
  agrees("log_tau_memorization", row.mem, true);
  agrees("test_loss_minimum", row.minimum, false);
  agrees("test_loss_end", row.test, false);
  agrees("train_loss_end", row.train, false);
}

}  // namespace

TEST_CASE("Training: disorder tables, p = 240", "[statistical][training]") {
  check({{"target.n=20"},
         {35.7, .6},
         {55.8, 1},
         {256, 4},
         {1815, 20},
         {.9855, 1e-4},
         {35, .2},
         {.2158, .001}},
        "20");
  check({{"target.n=40"},
         {41.8, .8},
         {68.7, 1},
         {409, 6},
         {2879, 30},
         {.9847, 1e-4},
         {23.1, .1},
         {.392, .002}},
        "20");
  check({{"target.n=80"},
         {46.8, .5},
         {83.2, 1},
         {814, 10},
         {5016, 60},
         {.9838, 1e-4},
         {13.15, .08},
         {.601, .002}},
        "20");
  check({{"target.n=160"},
         {53.5, .5},
         {104, 1},
         {2213, 40},
         {7063, 90},
         {.9832, 1e-4},
         {4.69, .04},
         {.825, .001}},
        "20");
  check({{"target.n=320"},
         {58.2, .6},
         {128, 2},
         {11250, 300},
         {2762, 40},
         {.9826, 1e-4},
         {1.258, .005},
         {.9476, 4e-4}},
        "20");
  check({{"target.n=640"},
         {62.5, .6},
         {159, 2},
         {},
         {1197, 20},
         {.9823, 1e-4},
         {1.009, .001},
         {.9713, 1e-4}},
        "20");
}

TEST_CASE("Training: disorder tables at other noise and phases", "[statistical][training]") {
  check({{"target.n=40", "experiment.t=0.002"},
         {41.4, .8},
         {68, 1},
         {1183, 10},
         {27200, 300},
         {},
         {229, 1},
         {.391, .001}},
        "20");
  check({{"target.n=160", "experiment.t=0.002"},
         {53.1, .5},
         {103, 1},
         {9031, 100},
         {92800, 1000},
         {},
         {36.4, .4},
         {.856, .001}},
        "20");
  check({{"target.n=40", "target.phase=odd"}, {22.3, .2}, {}, {}, {4556, 80}, {}, {19.4, .2}, {}},
        "20");
  check(
      {{"target.n=160", "target.phase=odd"}, {27.6, .2}, {}, {}, {10590, 200}, {}, {3.68, .04}, {}},
      "20");
}

TEST_CASE("Training: numbers of no table", "[statistical][training]") {
  // training_reference.py, 20 draws each.
  check({{"target.n=40", "target.centred=yes", "target.variance=0"},
         {41.026, .51},
         {67.868, .96},
         {397.84, 6.7},
         {2741.1, 42},
         {.98437, 6e-5},
         {22.384, .083},
         {.3934, .0012}},
        "20");
  check({{"target.n=60"},
         {44.013, .69},
         {75.858, 1.4},
         {589.04, 7.6},
         {4009, 53},
         {.98406, 2.6e-5},
         {17.352, .081},
         {.50918, .0014}},
        "20");
  check({{"target.n=60", "target.features=200", "experiment.t=0.05", "target.phase=odd"},
         {23.59, .1},
         {42.008, .34},
         {436.93, 13},
         {2480.1, 40},
         {.95942, 1e-4},
         {5.1032, .029},
         {.60665, .0015}},
        "20");
  check({{"target.n=30", "target.dimension=10", "target.features=150", "experiment.t=0.1",
          "target.parametrisation=edm", "target.m=0.8", "target.std=0.6"},
         {25.517, .58},
         {52.28, 1.4},
         {209.16, 7.6},
         {678.84, 25},
         {.90121, .0011},
         {2.4796, .023},
         {.41393, .0018}},
        "20");
}

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
  const Known copies[] = {{0, 3e-4},   {.0017, 7e-4}, {.024, .002},
                          {.112, .01}, {.415, .015},  {.836, .007}};
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

TEST_CASE("Training: disorder tables, p = 960", "[long][training]") {
  const auto at = [&](const std::string& n) {
    return std::vector<std::string>{"target.features=960", "target.n=" + n};
  };
  check({at("40"),
         {42.9, .5},
         {70.3, .9},
         {394, 6},
         {4842, 50},
         {.9835, 1e-4},
         {60.4, .8},
         {.0595, 6e-4}},
        "10");
  check({at("160"),
         {53, .5},
         {102, 2},
         {1747, 20},
         {19440, 200},
         {.9822, 1e-4},
         {21, .1},
         {.424, .001}},
        "10");
  check({{"target.features=480", "target.n=80"},
         {47.8, .5},
         {83, 1},
         {760, 7},
         {6648, 80},
         {.9831, 1e-4},
         {21.6, .2},
         {.411, .001}},
        "10");
}

}  // namespace symbreak
