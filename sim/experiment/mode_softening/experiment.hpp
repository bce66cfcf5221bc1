// The three ensembles of mode_softening, one file each. May depend on: sim/target/patch,
// sim/diffusion, sim/experiment/common/lattice_fields.hpp.
#pragma once
#include <memory>

#include "sim/diffusion/corrected.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/target/patch/patch_score.hpp"

namespace symbreak::experiment {

/// The patch score of a point; a KeyError for targets that have no local windows.
std::shared_ptr<const target::PatchScore> build_patch_score(const deck::Parameters& parameters);

/// Window sums c_k = sum_r c(r) cos(k_x dx) of a covariance profile along the axis, k_x = 2 pi j/L.
Eigen::VectorXd window_modes(const target::Windows& windows, const Eigen::VectorXd& profile,
                             Index modes);
/// sum_r c(r) dx^2/2: the gradient term of the same.
double window_gradient(const target::Windows& windows, const Eigen::VectorXd& profile);

/// s_c = Chat_P(0) of the noise-free symmetric state, where it is known independently of the
/// machine: P^2 for uniform patches, sums of exact Ising correlations for Ising windows; else
/// nullopt.
std::optional<double> critical_noise(const deck::Parameters& parameters);

std::unique_ptr<Experiment> softening_branch(const deck::Parameters& parameters);
std::unique_ptr<Experiment> softening_trajectories(const deck::Parameters& parameters);
std::unique_ptr<Experiment> softening_equilibrium(const deck::Parameters& parameters);

verdict::Findings analyse_branch(const verdict::Result& result);
verdict::Findings analyse_trajectories(const verdict::Result& result);
verdict::Findings analyse_equilibrium(const verdict::Result& result);

}  // namespace symbreak::experiment
