// Patch-score models: the noise-free branch in closed form, correlations of Ising data, and
// reference values of noisy dynamics. May depend on: Boost.Math.
//
// Uniform +-1 patches of side P (Kamb & Ganguli 2024; Ambrogioni 2026): <phi_0>_i = tanh(beta
// (Wx)_i), W the P x P box sum, s = 1/beta, q = P^2/s.
#pragma once
#include <optional>

namespace symbreak::theory {

/// D_P(k)/P = sin(P k/2)/(P sin(k/2)): the box sum of a plane wave along one axis.
double box_factor(int P, double k);
/// s at which the mode (2 pi j/L, 0) of the noise-free symmetric state becomes unstable.
double uniform_patch_threshold(int P, int L, int j);
/// l^2 = (P^2 - 1)/24: xi = l/sqrt(tau) above s_c = P^2, l/sqrt(2|tau|) below.
double patch_length(int P);
/// xi of the stable noise-free state at u = s/P^2: l sqrt(q g/(1 - q g)), g = 1 - m^2.
double uniform_patch_correlation_length(int P, double u);

/// Correlations of the infinite square Ising lattice at temperature T: nearest neighbours (Onsager
/// 1944) and along the diagonal (Kaufman & Onsager 1949).
double ising_neighbour_correlation(double T);
double ising_diagonal_correlation(double T);
/// sum over the P x P window of C(r) on the periodic side x side torus, side <= 4, by enumeration.
double ising_torus_window(int side, int P, double T);

/// Numbers of the *noisy* dynamics of uniform patches that have no closed form, from an independent
/// program (reverse SDE, about 1000 log-spaced bridges from s = 200 P^2).
struct Reference {
  double value = 0, error = 0;
};
std::optional<Reference> softening_minimum(int P);  ///< of 1 - q <mean sech^2 h>, at s = .26 P^2
/// <M^2> (L/P)^2 of final images at s = 1e-4 P^2, L/P >= 4.
std::optional<Reference> mosaic_order(int P, bool ode);
inline constexpr Reference kSofteningNoise{0.26, 0.02};  ///< s/P^2 of the minimum
inline constexpr Reference kCriticalPower{2.08, 0.07};   ///< S_x(0)/s at s = P^2
inline constexpr Reference kLangevinCrossing{6.7, 0.3};  ///< q of the Binder crossing, P = 3
inline constexpr Reference kPulsePeak{2.5, 0.5};         ///< q of the best pulse per ln s

}  // namespace symbreak::theory
