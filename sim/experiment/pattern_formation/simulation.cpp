#include "sim/experiment/pattern_formation/simulation.hpp"

#include <fmt/format.h>

#include "sim/diffusion/schedule.hpp"

namespace symbreak::experiment::pattern_formation {

LatticeRun setting(const deck::Parameters& parameters) {
  LatticeRun run = lattice_run(parameters);
  const double unit = run.score.unit(0);
  const std::string& spacing = parameters.word("experiment.spacing");
  const double from = unit * parameters.real("experiment.start"),
               to = unit * parameters.real("experiment.end");
  refuse_if(!(from > to), "experiment.end",
            fmt::format("generation runs from s/P^2 = {} down; {} is not below it",
                        parameters.real("experiment.start"), parameters.real("experiment.end")));
  run.grid = diffusion::spaced_grid(spacing, from, to, parameters.integer("experiment.steps"),
                                    parameters.real("experiment.cosine_start"))
                 .noise;
  // The published sampler starts from unit variance in the variance-preserving gauge.
  run.start_variance = run.grid.front() + (spacing == "cosine" ? 1 : 0);
  return run;
}

}  // namespace symbreak::experiment::pattern_formation
