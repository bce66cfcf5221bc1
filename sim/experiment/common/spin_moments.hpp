// Moments of spin configurations that are known exactly for many targets: energy, magnetization and
// their laws. May depend on: sim/measure/experiment.hpp, sim/target, sim/kernel.
//
// E/N = -(1/N) sum_{i<j} J_ij s_i s_j (field terms left out), M = sum_i s_i,
// U4 = 1 - <M^4>/(3 <M^2>^2) (Binder 1981).
#pragma once
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment {

/// E/N and M/N of each column; `unit` multiplies the couplings K = J/T (the temperature).
struct SpinValues {
  target::VectorXd energy, magnetization;
};
SpinValues spin_values(const target::Target& target, const target::States& spins, double unit);

/// Whether the coordinates of the target are +-1 spins with known couplings.
bool has_spins(const target::Target& target);
/// The temperature that turns K = J/T into J; 1 where the target is given by K itself.
double coupling_unit(const deck::Parameters& parameters);

/// energy, magnetization_abs, magnetization_second, magnetization_fourth, and the Wasserstein-1
/// distances of the laws of M and E to exact samples; none when the target has no spins.
std::vector<ObservableInfo> spin_observables(const target::Target& target);
/// Signs of generated states `y` against the exact samples `a`, in excess of `b` against `a`.
void measure_spins(const target::Target& target, const target::MatrixXd& y,
                   const target::MatrixXd& a, const target::MatrixXd& b, double unit,
                   Recorder& recorder);
/// What is known exactly of these: energy_exact, magnetization_abs_exact, ... (see the target).
std::vector<verdict::Prediction> spin_predictions(const target::Target& target,
                                                  const deck::Parameters& parameters);

}  // namespace symbreak::experiment
