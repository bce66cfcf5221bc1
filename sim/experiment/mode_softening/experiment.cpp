// Mode softening of patch scores: where the Fourier modes of the generated field lose their
// restoring force, in three ensembles.
//
//   noiseless     the symmetric branch x = 0 and the ordered uniform state, solved: what is usually
//                 drawn. -lambda(k) = r + c k^2 vanishes at s_c, xi = sqrt(c/r) diverges,
//                 mean-field exponents.
//   trajectories  states of reverse trajectories: -s v_k* J v_k dips, and nothing diverges.
//   equilibrium   Langevin dynamics at fixed noise, an infinitely slow sweep: a true transition of
//   Ising
//                 type, far below s_c.
// Kamb & Ganguli 2412.20292; Ambrogioni 2603.20092.
#include "sim/experiment/mode_softening/experiment.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/patch_field.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/experiment/families.hpp"

namespace symbreak::experiment {

std::shared_ptr<const target::PatchScore> build_patch_score(const deck::Parameters& parameters) {
  auto score =
      std::dynamic_pointer_cast<const target::PatchScore>(target::build_denoiser(parameters, {}));
  if (score) return score;
  throw deck::KeyError(
      "target.kind", fmt::format("experiment '{}' needs a score made of local windows: "
                                 "uniform_patches, or ising_patches and image_patches with machine "
                                 "ls, els_valid, els_wrapped or bbels",
                                 parameters.word("experiment.kind")));
}

Eigen::VectorXd window_modes(const target::Windows& windows, const Eigen::VectorXd& profile,
                             Index modes) {
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(modes);
  for (Index j = 0; j < modes; ++j) {
    const double k = 2 * M_PI * static_cast<double>(j) / static_cast<double>(windows.width);
    for (Index r = 0; r < windows.size(); ++r) {
      sums[j] += profile[r] * std::cos(k * static_cast<double>(windows.dx(r)));
    }
  }
  return sums;
}

double window_gradient(const target::Windows& windows, const Eigen::VectorXd& profile) {
  double sum = 0;
  for (Index r = 0; r < windows.size(); ++r) {
    const auto dx = static_cast<double>(windows.dx(r));
    sum += profile[r] * dx * dx / 2;
  }
  return sum;
}

std::optional<double> critical_noise(const deck::Parameters& parameters) {
  const std::string& target = parameters.word("target.kind");
  if (target == "uniform_patches") {
    const double P = parameters.real("target.patch");
    return P * P;
  }
  if (target != "ising_patches" || !parameters.has("target.patch")) return std::nullopt;
  const double T = parameters.real("target.temperature");
  const auto P = static_cast<int>(parameters.integer("target.patch"));
  if (parameters.integer("target.configurations") == 0) {
    return theory::ising_torus_window(static_cast<int>(parameters.integer("target.data_side")), P,
                                      T);
  }
  if (P != 3) return std::nullopt;
  return 1 + 4 * theory::ising_neighbour_correlation(T) + 4 * theory::ising_diagonal_correlation(T);
}

ExperimentKind mode_softening() {
  using deck::Arity;
  using deck::Key;
  using deck::Kind;
  using deck::Role;
  ExperimentKind kind;
  kind.name = "mode_softening";
  kind.text =
      "softening of the Fourier modes of a patch score: on the noise-free branch, on reverse "
      "trajectories, and in Langevin equilibrium (Kamb & Ganguli 2024; Ambrogioni 2026)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "states",
          .kind = Kind::word,
          .fallback = "trajectories",
          .text =
              "noiseless: the symmetric branch and the uniform state, solved; trajectories: of the "
              "reverse process; equilibrium: Langevin dynamics at fixed t",
          .choices = {"noiseless", "trajectories", "equilibrium"}},
      Key{.section = "experiment",
          .name = "t",
          .kind = Kind::real,
          .fallback = "",
          .text = "noiseless, equilibrium: diffusion time in the deck's clock",
          .minimum = 0,
          .open_minimum = true,
          .critical = true},
      Key{.section = "experiment",
          .name = "isotherm",
          .kind = Kind::real,
          .fallback = "log(1e-6, 1e-2, 17)",
          .text = "noiseless: uniform fields h at which m(h) is solved at the critical noise",
          .minimum = 0,
          .open_minimum = true,
          .arity = Arity::list},
      deck::positive_key("experiment", "window", "0.5",
                         "noiseless: largest |t/t_c - 1| in the fits of exponents"),
      Key{.section = "experiment",
          .name = "sampler",
          .kind = Kind::word,
          .fallback = "bridge_heun",
          .text =
              "trajectories: reverse SDE by Brownian bridges (first order, or second with Heun's "
              "correction), probability-flow ODE (Heun), or its first-order step DDIM",
          .choices = {"bridge", "bridge_heun", "ode", "ddim"}},
      deck::count_key("experiment", "steps", "1000",
                      "trajectories: steps of the log-spaced time grid", 1, 1e7),
      deck::count_key("experiment", "records", "120",
                      "trajectories: times at which they are measured", 1, 2000),
      Key{.section = "experiment",
          .name = "s_start",
          .kind = Kind::real,
          .fallback = "0",
          .text = "trajectories: first noise s = sigma^2 t; 0: 200 times the window size P^2",
          .minimum = 0},
      Key{.section = "experiment",
          .name = "s_end",
          .kind = Kind::real,
          .fallback = "0",
          .text = "trajectories: last noise; 0: 1e-4 P^2",
          .minimum = 0},
      Key{.section = "experiment",
          .name = "corrector",
          .kind = Kind::real,
          .fallback = "0",
          .text = "trajectories: Langevin time R per unit of ln s after each step, in units of s",
          .minimum = 0},
      Key{.section = "experiment",
          .name = "langevin_step",
          .kind = Kind::real,
          .fallback = "0.2",
          .text = "step of the Langevin dynamics in units of s; sweep it to extrapolate to 0",
          .minimum = 0,
          .maximum = 4,
          .open_minimum = true},
      Key{.section = "experiment",
          .name = "pulses",
          .kind = Kind::real,
          .fallback = "",
          .text =
              "trajectories: signal-to-noise ratios q = P^2/s at which a uniform field pulse is "
              "given and its effect on the final magnetization measured",
          .minimum = 0,
          .open_minimum = true,
          .arity = Arity::list},
      deck::sampling_key("walkers", "64", "lattices run together (one batch)", 1, 1e6),
      deck::sampling_key(
          "blocks", "4",
          "trajectories: batches per work unit; equilibrium: measured blocks per chain"),
      deck::sampling_key("replicas", "4", "independent work units"),
      Key{.section = "sampling",
          .name = "time_per_block",
          .kind = Kind::real,
          .fallback = "50",
          .text = "equilibrium: Langevin time per block, in units of s",
          .minimum = 0,
          .open_minimum = true,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "burn_in",
          .kind = Kind::real,
          .fallback = "400",
          .text =
              "equilibrium: discarded Langevin time per chain; whether it was enough is checked by "
              "split R-hat",
          .minimum = 0,
          .role = Role::statistics},
  };
  kind.make = [](const deck::Parameters& parameters) {
    const std::string& states = parameters.word("experiment.states");
    if (states == "trajectories") return softening_trajectories(parameters);
    if (!parameters.has("experiment.t")) {
      throw deck::KeyError("experiment.t", "states = " + states + " needs a time");
    }
    return states == "noiseless" ? softening_branch(parameters) : softening_equilibrium(parameters);
  };
  kind.critical = [](const deck::Parameters& parameters) {
    const auto noise = critical_noise(parameters);
    if (!noise) {
      throw deck::KeyError("experiment.t",
                           "the critical noise of this data is not known beforehand; give numbers");
    }
    return diffusion::Forward(parameters).time(*noise);
  };
  kind.analyse = [](const verdict::Result& result) {
    if (result.points.empty()) return verdict::Findings{};
    const std::string& states = result.points.front().parameters.at("experiment.states");
    if (states == "noiseless") return analyse_branch(result);
    return states == "trajectories" ? analyse_trajectories(result) : analyse_equilibrium(result);
  };
  return kind;
}

}  // namespace symbreak::experiment
