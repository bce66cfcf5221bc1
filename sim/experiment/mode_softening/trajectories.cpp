// mode_softening on typical states: those of reverse trajectories.
#include <fmt/format.h>

#include <algorithm>

#include "sim/experiment/common/lattice_generation.hpp"
#include "sim/experiment/mode_softening/experiment.hpp"

namespace symbreak::experiment {

namespace {

class Trajectories final : public Experiment {
 public:
  explicit Trajectories(const deck::Parameters& parameters) {
    run_.score = build_patch_score(parameters);
    run_.sampler = diffusion::lattice_sampler(parameters.word("experiment.sampler"));
    run_.correction = {parameters.real("experiment.corrector"),
                       parameters.real("experiment.langevin_step")};
    // P^2 of the first scale; the end is that of the window there.
    const auto window = static_cast<double>(run_.score->windows(0).size());
    const double asked = parameters.real("experiment.s_start"),
                 end = parameters.real("experiment.s_end");
    const double from = asked > 0 ? asked : 200 * window, to = end > 0 ? end : 1e-4 * window;
    if (!(from > to)) {
      throw deck::KeyError("experiment.s_end", fmt::format("generation runs from s = {:.4g} down; "
                                                           "the last noise {:.4g} is not below it",
                                                           from, to));
    }
    run_.grid = diffusion::noise_grid(from, to, parameters.integer("experiment.steps"), "log");
    run_.start_variance = from;
    run_.walkers = parameters.integer("sampling.walkers");
    run_.batches = parameters.integer("sampling.blocks");
    run_.pulses = parameters.reals("experiment.pulses");
    replicas_ = parameters.integer("sampling.replicas");
    for (const double q : run_.pulses) {
      if (window / q < from && window / q > to) continue;
      throw deck::KeyError(
          "experiment.pulses",
          fmt::format("q = P^2/s = {:.4g} is outside of the noise levels {:.4g} .. "
                      "{:.4g}",
                      q, from, to));
    }
    run_.patterns = true;
    plan_blocks(run_, parameters.integer("experiment.records"),
                evaluation_seconds(*run_.score, run_.walkers));
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
           sizeof(double) *
               static_cast<std::size_t>((12 + 4 * static_cast<Index>(run_.pulses.size())) *
                                        run_.score->dimension() * run_.walkers);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return start_lattice_generation(run_, address);
  }

 private:
  LatticeRun run_;
  std::int64_t replicas_ = 1;
};

}  // namespace

std::unique_ptr<Experiment> softening_trajectories(const deck::Parameters& parameters) {
  return std::make_unique<Trajectories>(parameters);
}

}  // namespace symbreak::experiment
