// Pattern formation: what the final images of a patch score look like, against size and the
// slowness of the sweep.
//
// A patch score orders locally only. The reverse SDE is a quench however many steps it takes: final
// images are mosaics of about (L/P)^2 independent pieces, and coarsening is logarithmic in the last
// noise. Langevin corrections (R time units per unit of ln s) slow the sweep down and let domains
// grow. Kamb & Ganguli 2412.20292; Ambrogioni 2603.20092.
#include <fmt/format.h>

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/families.hpp"
#include "sim/experiment/common/lattice_generation.hpp"
#include "sim/experiment/mode_softening/experiment.hpp"
#include "analysis/findings/common/patterns.hpp"

namespace symbreak::experiment {

namespace {

class PatternFormation final : public Experiment {
 public:
  explicit PatternFormation(const deck::Parameters& parameters) {
    run_.score = build_patch_score(parameters);
    run_.sampler = diffusion::lattice_sampler(parameters.word("experiment.sampler"));
    run_.correction = {parameters.real("experiment.corrector"),
                       parameters.real("experiment.langevin_step")};
    const auto window = static_cast<double>(run_.score->windows(0).size());
    const std::string& spacing = parameters.word("experiment.spacing");
    const double from = window * parameters.real("experiment.start"),
                 to = window * parameters.real("experiment.end");
    if (!(from > to)) {
      throw deck::KeyError(
          "experiment.end",
          fmt::format("generation runs from s/P^2 = {} down; {} is not below it",
                      parameters.real("experiment.start"), parameters.real("experiment.end")));
    }
    run_.grid =
        diffusion::lattice_grid(spacing, from, to, parameters.real("experiment.cosine_start"),
                                parameters.integer("experiment.steps"));
    // The published sampler starts from unit variance in the variance-preserving gauge.
    run_.start_variance = run_.grid.front() + (spacing == "cosine" ? 1 : 0);
    run_.walkers = parameters.integer("sampling.walkers");
    run_.batches = parameters.integer("sampling.blocks");
    run_.patterns = true;
    replicas_ = parameters.integer("sampling.replicas");
    plan_blocks(run_, 2, evaluation_seconds(*run_.score, run_.walkers));
  }

  std::vector<ObservableInfo> observables() const override { return observables_of(run_); }
  std::vector<verdict::Prediction> predictions() const override { return grid_predictions(run_); }
  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    return static_cast<double>(run_.batches * run_.evaluations()) *
           evaluation_seconds(*run_.score, run_.walkers);
  }
  std::size_t memory_per_unit() const override {
    return run_.score->memory() +
           sizeof(double) * static_cast<std::size_t>(12 * run_.score->dimension() * run_.walkers);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return start_lattice_generation(run_, address);
  }

 private:
  LatticeRun run_;
  std::int64_t replicas_ = 1;
};

}  // namespace

ExperimentKind pattern_formation() {
  using deck::Key;
  using deck::Kind;
  ExperimentKind kind;
  kind.name = "pattern_formation";
  kind.text =
      "final images of a patch score against size and sweep rate: magnetization, structure factor, "
      "correlation lengths, domains (Kamb & Ganguli 2024; Ambrogioni 2026)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "sampler",
          .kind = Kind::word,
          .fallback = "bridge_heun",
          .text =
              "reverse SDE by Brownian bridges (first order, or second with Heun's correction), "
              "probability-flow ODE (Heun), or its first-order step DDIM",
          .choices = {"bridge", "bridge_heun", "ode", "ddim"}},
      Key{.section = "experiment",
          .name = "spacing",
          .kind = Kind::word,
          .fallback = "log",
          .text = "noise levels: log from `start` to `end`, or the published cosine schedule s = "
                  "tan^2(pi u/2), u = cosine_start (1 - j/steps)",
          .choices = {"log", "cosine"}},
      deck::count_key("experiment", "steps", "1000",
                      "steps of the time grid (published: 20 with the cosine schedule)", 2, 1e7),
      deck::positive_key("experiment", "start", "200", "log: first noise s/P^2"),
      deck::positive_key("experiment", "end", "1e-4",
                         "log: last noise s/P^2, where the clean mean is the image"),
      Key{.section = "experiment",
          .name = "cosine_start",
          .kind = Kind::real,
          .fallback = "0.95",
          .text = "cosine: first u, between 0 and 1",
          .minimum = 0.01,
          .maximum = 0.999},
      Key{.section = "experiment",
          .name = "corrector",
          .kind = Kind::real,
          .fallback = "0",
          .text = "Langevin time R per unit of ln s after each step, in units of s",
          .minimum = 0},
      Key{.section = "experiment",
          .name = "langevin_step",
          .kind = Kind::real,
          .fallback = "0.2",
          .text = "largest step of the Langevin dynamics in units of s",
          .minimum = 0,
          .maximum = 4,
          .open_minimum = true},
      deck::sampling_key("walkers", "64", "lattices generated together (one batch)"),
      deck::sampling_key("blocks", "4", "batches per work unit"),
      deck::sampling_key("replicas", "4", "independent work units"),
  };
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<PatternFormation>(parameters);
  };
  kind.analyse = analyse_patterns;
  return kind;
}

}  // namespace symbreak::experiment
