// Moments of spin configurations that are known exactly for many targets: energy, magnetization and
// their laws. May depend on: sim/measure/experiment.hpp, sim/target, sim/kernel.
//
// E/N = -(1/N) sum_{i<j} J_ij s_i s_j (field terms left out), M = sum_i s_i,
// U4 = 1 - <M^4>/(3 <M^2>^2) (Binder 1981).
#pragma once
#include "sim/deck/parameters.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

using Eigen::Index;

/// E/N and M/N of each column; `unit` multiplies the couplings K = J/T (the temperature).
struct SpinValues {
  target::VectorXd energy, magnetization;
};
SpinValues spin_values(const target::Denoiser& target, const target::States& spins, double unit);

/// Whether the coordinates of the target are +-1 spins with known couplings.
bool has_spins(const target::Denoiser& target);
/// The temperature that turns K = J/T into J; 1 where the target is given by K itself.
double coupling_unit(const deck::Parameters& parameters);

/// Refuses a spin target in a field, by the key that the field comes from.
void refuse_field(const deck::Parameters& parameters, const target::Target& target);

/// energy, magnetization_abs, magnetization_second, magnetization_fourth, and the Wasserstein-1
/// distances of the laws of M and E to exact samples; none when the target has no spins.
std::vector<measure::ObservableInfo> spin_observables(const target::Denoiser& target);
/// Signs of generated states `y` against the exact samples `a`, in excess of `b` against `a`.
void measure_spins(const target::Denoiser& target, const target::MatrixXd& y,
                   const target::MatrixXd& a, const target::MatrixXd& b, double unit,
                   measure::Recorder& recorder);
/// Number of spins, and the dimension of the torus where the couplings are those of one.
std::vector<verdict::Fact> spin_facts(const target::Denoiser& target);
/// What is known exactly of these: energy_exact, magnetization_abs_exact, ... (see the target).
std::vector<verdict::Prediction> spin_predictions(const target::Denoiser& target,
                                                  const deck::Parameters& parameters);

}  // namespace symbreak::experiment
