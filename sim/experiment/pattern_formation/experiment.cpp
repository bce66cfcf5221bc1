// Pattern formation: what the final images of a patch score look like, against size and the
// slowness of the sweep.
//
// A patch score orders locally only. The reverse SDE is a quench however many steps it takes: final
// images are mosaics of about (L/P)^2 independent pieces, and coarsening is logarithmic in the last
// noise. Langevin corrections (R time units per unit of ln s) slow the sweep down and let domains
// grow. Kamb & Ganguli 2412.20292; Ambrogioni 2603.20092.
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/pattern_formation/simulation.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::pattern_formation {

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "pattern_formation";
  kind.text =
      "final images of a patch score against size and sweep rate: magnetization, structure factor, "
      "correlation lengths, domains (Kamb & Ganguli 2024; Ambrogioni 2026)";
  kind.keys = {
      deck::word_key("experiment", "sampler", "bridge_heun",
                     "reverse SDE by Brownian bridges (first order, or second with Heun's "
                     "correction), probability-flow ODE (Heun), or its first-order step DDIM",
                     {"bridge", "bridge_heun", "ode", "ddim"}),
      deck::with_alias(
          "schedule",
          deck::word_key(
              "experiment", "spacing", "log",
              "noise levels: log from `start` to `end`, or the published cosine schedule "
              "s = tan^2(pi u/2), u = cosine_start (1 - j/steps)",
              {"log", "cosine"})),
      deck::count_key("experiment", "steps", "1000",
                      "steps of the time grid (published: 20 with the cosine schedule)", 2, 1e7),
      deck::used_with(
          "spacing=log",
          deck::positive_key("experiment", "start", "200",
                             "first noise s/P^2 (without windows: s/lambda_max of the data)")),
      deck::used_with("spacing=log",
                      deck::positive_key("experiment", "end", "1e-4",
                                         "last noise s/P^2, where the clean mean is the image")),
      deck::used_with("spacing=cosine", deck::real_key("experiment", "cosine_start", "0.95",
                                                       "first u, between 0 and 1", 0.01, 0.999)),
      deck::real_key("experiment", "corrector", "0",
                     "Langevin time R per unit of ln s after each step, in units of s", 0),
      deck::used_with("corrector!=0",
                      deck::positive_key("experiment", "langevin_step", "0.2",
                                         "largest step of the Langevin dynamics in units of s", 4)),
      deck::sampling_key("walkers", "64", "lattices generated together (one batch)"),
      deck::sampling_key("blocks", "4", "batches per work unit"),
      deck::sampling_key("replicas", "4", "independent work units"),
  };
  kind.needs = {target::Part::denoiser, target::Part::lattice};
  kind.make = [](const deck::Parameters& parameters) {
    constexpr Index kRecords = 2;  // the first level and the last
    return lattice_generation(setting(parameters), kRecords);
  };
  return kind;
}

}  // namespace symbreak::experiment::pattern_formation
