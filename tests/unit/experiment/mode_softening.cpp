// The contract of mode_softening, with windows and without.
#include <memory>

#include "sim/diffusion/schedule.hpp"
#include "sim/experiment/common/lattice_generation.hpp"
#include "sim/experiment/common/lattice_score.hpp"
#include "tests/contract.hpp"
#include "tests/scratch.hpp"

namespace symbreak::experiment::mode_softening {

namespace {

const std::vector<std::string> kUniform = {"target.kind=uniform_patches", "target.side=5",
                                           "target.patch=3"};
const std::vector<std::string> kSpins = {"target.kind=ising_lattice", "target.side=3",
                                         "target.temperature=3"};

std::vector<std::string> with(std::vector<std::string> target, std::vector<std::string> more) {
  for (const char* tiny : {"sampling.walkers=3", "sampling.blocks=2", "sampling.replicas=1"}) {
    target.push_back(tiny);
  }
  target.insert(target.end(), more.begin(), more.end());
  return target;
}

void check(const std::vector<std::string>& settings) {
  test::check_contract("mode_softening", settings);
}

/// A score that hides its windows: mean and Jacobian alone.
class Hidden final : public target::Denoiser {
 public:
  explicit Hidden(std::shared_ptr<const target::Denoiser> score) : score_(std::move(score)) {}
  Index dimension() const override { return score_->dimension(); }
  std::vector<Index> lattice() const override { return score_->lattice(); }
  target::MatrixXd mean(const target::States& x, const target::Betas& beta) const override {
    return score_->mean(x, beta);
  }
  target::MatrixXd jacobian_product(const target::States& x, const target::Betas& beta,
                                    const target::States& v) const override {
    return score_->jacobian_product(x, beta, v);
  }

 private:
  std::shared_ptr<const target::Denoiser> score_;
};

}  // namespace

TEST_CASE("Contract of mode_softening", "[unit][experiment]") {
  check(with(kUniform, {"experiment.steps=6", "experiment.records=3", "experiment.corrector=0.5"}));
  check(with(kUniform, {"experiment.steps=6", "experiment.pulses=1, 3", "experiment.sampler=ode"}));
  check(with(kUniform, {"experiment.states=noiseless", "experiment.t=8"}));
  check(with(kUniform, {"experiment.states=equilibrium", "experiment.t=2", "sampling.burn_in=1",
                        "sampling.time_per_block=1"}));
  // Local machines of images of two channels: windows that are no closed form.
  const test::ScratchFolder folder;
  const std::string images = folder.write("images.csv",
                                          "1,0,1,0,0,1,1,0,1, 0,0,1,0,1,1,0,1,0\n"
                                          "0,0,1,1,0,1,0,0,1, 1,0,1,0,0,1,0,1,1\n"
                                          "1,1,0,1,0,0,1,0,0, 0,1,0,1,0,1,1,0,0\n");
  const std::vector<std::string> file = {"target.kind=image_patches", "target.file=" + images,
                                         "target.channels=2", "target.patch=3"};
  check(with(file, {"target.machine=ls", "experiment.steps=4"}));
  check(with(file, {"target.machine=is", "experiment.steps=4"}));  // whole images
}

TEST_CASE("Contract of mode_softening without windows", "[unit][experiment]") {
  check(with(kSpins, {"experiment.steps=4", "experiment.pulses=1"}));
  check(with(kSpins, {"experiment.states=noiseless", "experiment.t=1"}));
  check(with(kSpins, {"experiment.states=equilibrium", "experiment.t=2", "sampling.burn_in=1",
                      "sampling.time_per_block=1"}));
}

TEST_CASE("The noise-free branch of a posterior bends at lambda_max of its data",
          "[unit][experiment]") {
  const auto settings =
      with(kSpins, {"experiment.states=noiseless", "experiment.t=critical(±0.5, 2)"});
  const auto points = test::deck("mode_softening", settings).points;
  REQUIRE(points.size() == 2);
  for (const deck::Parameters& point : points) {
    const auto experiment = experiment::kind("mode_softening").make(point);
    const double critical = experiment->predictions().at(0).value();
    measure::Recorder recorder(experiment->observables());
    experiment->start({})->advance(recorder);
    const auto series = recorder.finish();
    const double share = point.real("experiment.t") / critical;
    CHECK(series[0].mean[0] == Approx(1 - 1 / share).epsilon(1e-9));  // mode margin
    CHECK((series[1].mean[0] > 0.5) == (share < 1));                  // magnetization
  }
}

TEST_CASE("A score that hides its windows gives the same bits where both are measured",
          "[unit][experiment]") {
  const deck::Parameters point = test::parameters(
      "mode_softening", with(kUniform, {"experiment.steps=6", "experiment.s_start=500",
                                        "experiment.s_end=0.01", "experiment.pulses=1"}));
  const auto built_in = experiment::kind("mode_softening").make(point);
  LatticeRun run = lattice_run(point);
  run.grid = diffusion::spaced_grid("log", 500, 0.01, 6).noise;
  run.start_variance = 500;
  run.pulses = {1};
  run.score = lattice_of(std::make_shared<Hidden>(run.score.denoiser));
  run.score.spread = 9;
  CHECK(run.score.patches == nullptr);
  const auto hidden = lattice_generation(std::move(run), 120);
  CHECK(hidden->observables().size() + 4 == built_in->observables().size());
  const auto finish = [](const measure::Experiment& experiment) {
    measure::Recorder recorder(experiment.observables());
    const auto unit = experiment.start({.seed = 2});
    for (std::int64_t block = 0; block < unit->blocks(); ++block) unit->advance(recorder);
    std::map<std::string, statistics::VectorXd> means;
    const auto series = recorder.finish();
    for (std::size_t i = 0; i < series.size(); ++i) {
      means[experiment.observables()[i].name.string()] = series[i].mean;
    }
    return means;
  };
  const auto expected = finish(*built_in);
  for (const auto& [name, mean] : finish(*hidden)) {
    INFO(name);
    if (name == "softening") {  // by Jacobian products
      CHECK((mean - expected.at(name)).cwiseAbs().maxCoeff() < 1e-12);
    } else {
      CHECK(mean == expected.at(name));
    }
  }
}

TEST_CASE("mode_softening refuses what it cannot run on", "[unit][experiment]") {
  const auto refused = [](const std::vector<std::string>& settings, const std::string& key,
                          const std::string& words) {
    test::check_refusal("mode_softening", settings, key, words);
  };
  refused({"target.preset=two_deltas"}, "target.kind", "needs a lattice");
  refused(with(kSpins, {"target.dimension=3"}), "target.kind", "two dimensions");
  refused(with(kSpins, {"target.posterior=monte_carlo"}), "target.kind", "evaluated, not sampled");
  refused(with(kUniform, {"experiment.states=equilibrium"}), "experiment.t", "needs a time");
  refused(with(kSpins, {"experiment.states=noiseless", "experiment.t=1", "target.field=1"}),
          "experiment.states", "symmetric data");
  refused(with(kUniform, {"experiment.s_start=1", "experiment.s_end=2"}), "experiment.s_end",
          "not below");
  refused(with(kUniform, {"experiment.pulses=1e9"}), "experiment.pulses", "outside");
}

TEST_CASE("Trained scores soften on the lattice of their data", "[unit][experiment]") {
  const std::vector<std::string> trained =
      with({"target.kind=random_features", "target.data=ising_lattice", "target.side=3",
            "target.temperature=3", "target.n=5", "target.features=10", "target.levels=3"},
           {"experiment.steps=4"});
  check(trained);
  // A priori: two products of 9 x 200 a state, not as many patches as its memory would hold.
  auto larger = trained;
  larger.insert(larger.end(), {"target.features=200", "target.levels=40"});
  const auto made =
      experiment::kind("mode_softening").make(test::parameters("mode_softening", larger));
  CHECK(made->seconds_per_unit() < 1e-3);
  // The unit of noise is lambda_max of the data: at high noise a trained score is far from exact.
  for (const std::string tau : {"0", "1000", "inf"}) {
    auto at = trained;
    at.push_back("target.training_time=" + tau);
    CHECK(lattice_score(test::parameters("mode_softening", at)).unit(1) ==
          Approx(lattice_score(test::parameters("mode_softening", kSpins)).unit(1)).epsilon(1e-9));
  }
}

}  // namespace symbreak::experiment::mode_softening
