// Mode softening of patch scores: where the Fourier modes of the generated field lose their
// restoring force, in three ensembles.
//
//   noiseless     the symmetric branch x = 0 and the ordered uniform state, solved: what is usually
//                 drawn. -lambda(k) = r + c k^2 vanishes at s_c, xi = sqrt(c/r) diverges,
//                 mean-field exponents.
//   trajectories  states of reverse trajectories: -s v_k* J v_k dips, and nothing diverges.
//   equilibrium   Langevin dynamics at fixed noise, an infinitely slow sweep: a true transition of
//                 Ising type, far below s_c.
// A score without windows (of a known law, say) has no local posteriors: what needs them is left
// out, and lambda_max of its data takes the place of P^2.
// Kamb & Ganguli 2412.20292; Ambrogioni 2603.20092.
#include "sim/deck/key_forms.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/lattice_score.hpp"
#include "sim/experiment/mode_softening/ensembles.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::mode_softening {

ExperimentKind kind() {
  ExperimentKind kind;
  kind.name = "mode_softening";
  kind.text =
      "softening of the Fourier modes of a patch score: on the noise-free branch, on reverse "
      "trajectories, and in Langevin equilibrium (Kamb & Ganguli 2024; Ambrogioni 2026)";
  kind.keys = {
      deck::word_key("experiment", "states", "trajectories",
                     "noiseless: the symmetric branch and the uniform state, solved; trajectories: "
                     "of the reverse process; equilibrium: Langevin dynamics at fixed t",
                     {"noiseless", "trajectories", "equilibrium"}),
      deck::used_with("states=noiseless|equilibrium",
                      deck::time_key("diffusion time in the deck's clock", "")),
      deck::used_with("states=noiseless",
                      deck::list_of(deck::positive_key(
                          "experiment", "isotherm", "log(1e-6, 1e-2, 17)",
                          "uniform fields h at which m(h) is solved at the critical noise"))),
      deck::used_with("states=noiseless",
                      deck::positive_key("experiment", "window", "0.5",
                                         "largest |t/t_c - 1| in the fits of exponents")),
      deck::used_with(
          "states=trajectories",
          deck::word_key("experiment", "sampler", "bridge_heun",
                         "reverse SDE by Brownian bridges (first order, or second with Heun's "
                         "correction), probability-flow ODE (Heun), or its first-order step DDIM",
                         {"bridge", "bridge_heun", "ode", "ddim"})),
      deck::used_with("states=trajectories",
                      deck::count_key("experiment", "steps", "1000",
                                      "steps of the log-spaced time grid", 1, 1e7)),
      deck::used_with("states=trajectories",
                      deck::count_key("experiment", "records", "120",
                                      "times at which they are measured", 1, 2000)),
      deck::used_with("states=trajectories",
                      deck::real_key("experiment", "s_start", "0",
                                     "first noise s = sigma^2 t; 0: 200 times the window size P^2 "
                                     "(without windows: lambda_max of the data)",
                                     0)),
      deck::used_with("states=trajectories", deck::real_key("experiment", "s_end", "0",
                                                            "last noise; 0: 1e-4 of the same", 0)),
      deck::used_with(
          "states=trajectories",
          deck::real_key("experiment", "corrector", "0",
                         "Langevin time R per unit of ln s after each step, in units of s", 0)),
      deck::used_with(
          "states=equilibrium or corrector!=0",
          deck::positive_key(
              "experiment", "langevin_step", "0.2",
              "step of the Langevin dynamics in units of s; sweep it to extrapolate to 0", 4)),
      deck::used_with(
          "states=trajectories",
          deck::list_of(deck::positive_key(
              "experiment", "pulses", "",
              "signal-to-noise ratios q = P^2/s at which a uniform field pulse is given "
              "and its effect on the final magnetization measured"))),
      deck::used_with(
          "experiment.states=trajectories|equilibrium",
          deck::sampling_key("walkers", "64", "lattices run together (one batch)", 1, 1e6)),
      deck::used_with(
          "experiment.states=trajectories|equilibrium",
          deck::sampling_key(
              "blocks", "4",
              "trajectories: batches per work unit; equilibrium: measured blocks per chain")),
      deck::used_with("experiment.states=trajectories|equilibrium",
                      deck::sampling_key("replicas", "4", "independent work units")),
      deck::used_with(
          "experiment.states=equilibrium",
          deck::with_role(deck::Role::statistics,
                          deck::positive_key("sampling", "time_per_block", "50",
                                             "Langevin time per block, in units of s"))),
      deck::used_with(
          "experiment.states=equilibrium",
          deck::with_role(deck::Role::statistics,
                          deck::real_key("sampling", "burn_in", "400",
                                         "discarded Langevin time per chain; whether it "
                                         "was enough is checked by split R-hat",
                                         0))),
  };
  kind.needs = {target::Part::denoiser, target::Part::lattice};
  kind.make = [](const deck::Parameters& parameters) {
    const std::string& states = parameters.word("experiment.states");
    if (states == "trajectories") return trajectories(parameters);
    refuse_if(!parameters.has("experiment.t"), "experiment.t",
              "states = " + states + " needs a time");
    return states == "noiseless" ? branch(parameters) : equilibrium(parameters);
  };
  kind.critical = [](const deck::Parameters& parameters) {
    const auto known = lattice_score(parameters).critical_noise();
    return critical_time(parameters, known ? std::optional(known->value) : std::nullopt,
                         "the critical noise of this data is not known beforehand");
  };
  return kind;
}

}  // namespace symbreak::experiment::mode_softening
