// mode_softening on typical states: those of reverse trajectories.
#include <fmt/format.h>

#include "sim/diffusion/schedule.hpp"
#include "sim/experiment/common/lattice_generation.hpp"
#include "sim/experiment/mode_softening/ensembles.hpp"

namespace symbreak::experiment::mode_softening {

std::unique_ptr<measure::Experiment> trajectories(const deck::Parameters& parameters) {
  LatticeRun run = lattice_run(parameters);
  // P^2 of the first scale; the end is that of the window there.
  const double unit = run.score.unit(0);
  const double asked = parameters.real("experiment.s_start"),
               end = parameters.real("experiment.s_end");
  const double from = asked > 0 ? asked : 200 * unit, to = end > 0 ? end : 1e-4 * unit;
  refuse_if(!(from > to), "experiment.s_end",
            fmt::format("generation runs from s = {:.4g} down; the last noise {:.4g} is not below "
                        "it",
                        from, to));
  run.grid = diffusion::spaced_grid("log", from, to, parameters.integer("experiment.steps")).noise;
  run.start_variance = from;
  run.pulses = parameters.reals("experiment.pulses");
  for (const double q : run.pulses) {
    refuse_if(!(unit / q < from && unit / q > to), "experiment.pulses",
              fmt::format("q = P^2/s = {:.4g} is outside of the noise levels {:.4g} .. {:.4g}", q,
                          from, to));
  }
  return lattice_generation(std::move(run), parameters.integer("experiment.records"));
}

}  // namespace symbreak::experiment::mode_softening
