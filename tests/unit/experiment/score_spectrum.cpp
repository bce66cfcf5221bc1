// The experiment score_spectrum: contract, refusals, and means on exact scores.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/findings/score_spectrum/observables.hpp"
#include "tests/contract.hpp"
#include "tests/run.hpp"

namespace symbreak::experiment::score_spectrum {

namespace observable = findings::score_spectrum::observable;

namespace {

const std::vector<std::string> kPoints = {"target.kind=synthetic_dataset",
                                          "target.dimension=6",
                                          "target.intrinsic_dimension=3",
                                          "target.variances=1,1,0.1",
                                          "target.n=40",
                                          "experiment.t=0.05,0.3,1",
                                          "experiment.eigenvalues=4",
                                          "sampling.walkers=6",
                                          "sampling.blocks=2",
                                          "sampling.replicas=1"};

std::vector<std::string> with(std::vector<std::string> settings,
                              const std::vector<std::string>& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

std::string refusal(const std::vector<std::string>& settings) {
  try {
    experiment::kind("score_spectrum").make(test::parameters("score_spectrum", settings));
  } catch (const deck::KeyError& error) {
    return error.key;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("The experiment score_spectrum keeps its contract", "[unit][experiment]") {
  for (const char* state : {"planted", "test", "trajectory"}) {
    test::check_contract("score_spectrum", with(kPoints, {std::string("experiment.state=") + state,
                                                          "experiment.steps=4"}));
  }
}

TEST_CASE("Curved data and scores without a gradient keep it, too", "[unit][experiment]") {
  for (const char* law : {"torus", "curve", "sphere"}) {
    test::check_contract(
        "score_spectrum",
        {"target.kind=synthetic_dataset", "target.dimension=7", "target.intrinsic_dimension=4",
         std::string("target.law=") + law, "target.n=50", "experiment.t=0.3,1",
         "experiment.eigenvalues=3", "sampling.walkers=4", "sampling.blocks=2"});
  }
}

TEST_CASE("What a spectrum is refused for", "[unit][experiment]") {
  CHECK(refusal(kPoints) == "accepted");
  CHECK(refusal(with(kPoints, {"experiment.t=1,0.3"})) == "experiment.t");
  CHECK(refusal(with(kPoints, {"target.variances=1,2"})) == "target.variances");
  CHECK(refusal(with(kPoints, {"target.law=sphere"})) == "target.variances");
  CHECK(refusal({"target.kind=synthetic_dataset", "target.law=torus", "target.n=9",
                 "target.dimension=6", "target.intrinsic_dimension=3", "experiment.t=1"}) ==
        "target.intrinsic_dimension");
  CHECK(refusal(with(kPoints, {"experiment.state=trajectory", "experiment.t_start=0.5"})) ==
        "experiment.t_start");
  CHECK(refusal({"target.kind=sphere", "target.dimension=3", "experiment.t=1",
                 "sampling.disorder_samples=2"}) == "sampling.disorder_samples");
  CHECK(refusal({"target.kind=ising_lattice", "target.side=16", "target.temperature=2.5",
                 "experiment.t=1"}) == "target.kind");
}

TEST_CASE("Lists that came later do not change the identity of decks without them",
          "[unit][experiment]") {
  std::vector<std::string> without = kPoints;
  std::erase_if(without, [](const std::string& each) { return each.starts_with("target.var"); });
  const auto plain = test::parameters("score_spectrum", without);
  CHECK_FALSE(plain.has("target.variances"));
  const auto listed = test::parameters("score_spectrum", kPoints);
  CHECK(listed.reals("target.variances").size() > 1);
  CHECK(listed.identity() != plain.identity());
}

TEST_CASE("Two deltas: one eigenvalue, which opens and closes", "[unit][experiment]") {
  const auto run =
      test::run("score_spectrum",
                {"target.kind=deltas", "experiment.t=0.25,1,4", "experiment.eigenvalues=1",
                 "sampling.walkers=500", "sampling.blocks=8", "sampling.replicas=4"},
                {.seed = 5});
  const double exact[] = {.274389635163, .449599509207, .198986433592};
  for (int i = 0; i < 3; ++i) {
    CHECK(std::abs(run.deviation(observable::trace.string(), exact[i], i)) < 4);
    CHECK(run.estimates.at(observable::eigenvalues.string()).mean[i] ==
          Approx(run.estimates.at(observable::trace.string()).mean[i]));
    CHECK(std::abs(run.deviation(observable::trace_identity.string(), 0, i)) < 4);
  }
  // Twice the noise is another trace.
  CHECK(std::abs(run.deviation(observable::trace.string(), exact[1], 0)) > 10);
}

TEST_CASE("The trace of the points' Jacobian is their mean square error", "[unit][experiment]") {
  const auto run =
      test::run("score_spectrum",
                with(kPoints, {"sampling.walkers=100", "sampling.blocks=8", "sampling.replicas=2"}),
                {.seed = 6});
  for (int i = 0; i < 3; ++i) {
    CHECK(std::abs(run.deviation(observable::trace_identity.string(), 0, i)) < 4);
    CHECK(run.estimates.at(observable::residual.string()).mean[i] < 1e-8);
  }
  // Eigenvalues in order, no more of them than dimensions of the plane.
  const auto& values = run.estimates.at(observable::eigenvalues.string()).mean;
  CHECK(values[4 * 2] > values[4 * 2 + 1]);
  CHECK(std::abs(values[4 * 2 + 3]) < 1e-6);
}

TEST_CASE("The mean over test states freezes, the median does not", "[unit][experiment]") {
  const auto run = test::run(
      "score_spectrum",
      {"target.kind=synthetic_dataset", "target.dimension=4", "target.n=300", "experiment.t=0.005",
       "experiment.state=test", "experiment.eigenvalues=4", "sampling.walkers=100",
       "sampling.blocks=4", "sampling.replicas=1", "sampling.disorder_samples=4"},
      {.seed = 7});
  const double mean = run.estimates.at(observable::trace.string()).mean[0];
  CHECK(mean > 0.3);
  CHECK(run.estimates.at(observable::trace_median.string()).mean[0] < 0.3 * mean);
}

}  // namespace symbreak::experiment::score_spectrum
