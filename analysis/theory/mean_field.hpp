// The mean-field universality class of diffusion models (Ambrogioni 2024, sections 4-6).
// May depend on: Boost.Math.
#pragma once

namespace symbreak::theory {

/// Exponents of every continuous transition of m(h, t) = <y>_{m+h}: m ~ |tau|^beta,
/// chi ~ |tau|^-gamma, m ~ h^(1/delta) at t_c, and n^(1/nu_bar) finite-size scaling of n copies.
inline constexpr double kBeta = 0.5, kGamma = 1, kDelta = 3, kNuBar = 2;
/// chi_+ |tau| / (chi_- |tau|) of an even target of fixed norm.
inline constexpr double kAmplitudeRatio = 2;

/// Two deltas at +-1 (Ambrogioni 2024, eq. 27) with s = sigma^2 t: the positive root of
/// m = tanh((m + h)/s); 0 when there is none (h = 0, s >= 1).
double two_deltas_magnetization(double s, double h);
/// dm/dh at that m: (1 - m^2)/(s - (1 - m^2)).
double two_deltas_susceptibility(double s, double h);

/// Binder cumulant U4 = 1 - <|m|^4>/(3 <|m|^2>^2) at t_c as n -> infinity, where
/// p(m) ~ exp(-c |m|^4) in k components (k = 1: 0.270520128258).
double critical_binder(int components);
/// <m^2> sqrt(n) at t_c for two deltas, p(m) ~ exp(-n m^4/12): sqrt(12) Gamma(3/4)/Gamma(1/4).
double two_deltas_critical_amplitude();

/// Critical signal e^{-2t} = theta^2 of an even fixed-norm target of top covariance eigenvalue
/// lambda under the variance-preserving (OU, DDPM) clocks, by criterion. They differ: name them.
///   score  (Jacobian of the score at 0 vanishes)        theta^2 = 1/(1 + lambda)
///   drift  (Jacobian of the reverse drift x/2 + score)  theta^2 = sqrt(1 + lambda^2) - lambda
///   speciation (Biroli et al. 2024)                     lambda theta^2 = 1
///   clone  (clone probability .7752 = phi(1), two classes at +-m, lambda = |m|^2):
///          lambda theta^2/(1 - theta^2) = 1, the same as `score` for vanishing class width
double score_signal(double lambda);
double drift_signal(double lambda);
double speciation_signal(double lambda);

/// Two deltas at +-1 of weights p, 1-p, p > 1/2: s = sigma^2 t of the spinodal (fold) at which the
/// minority branch is born.
double minority_spinodal(double p);

/// Three deltas {-1, 0, 1}, weight w0 at 0 (Blume-Capel at one site). x = 0 is unstable for s in
/// (lower, upper), where beta <y^2>_0 = 1; both 0 when it is always stable.
struct Window {
  double lower = 0, upper = 0;
};
Window three_deltas_instability(double w0);
/// Largest s with a nonzero solution m = <y>_m (birth of the outer branch).
double three_deltas_outer_birth(double w0);
/// Tricritical point, where beta <y^2>_0 = 1 and the quartic term of F vanishes: s = 1/3,
/// w0 = 1/(1 + e^{3/2}/2).
struct Tricritical {
  double s = 0, w0 = 0;
};
Tricritical three_deltas_tricritical();

}  // namespace symbreak::theory
