// Condensation of random-energy systems and of datasets (Ambrogioni 2024, section 8; Biroli et al.
// 2024; Lucibello & Mezard 2024; Derrida 1981; Monthus & Garel 2007). May depend on: Boost.Math.
#pragma once
#include <string>

namespace symbreak::theory {

// --- datasets: collapse is a Shannon threshold, I(Y; X_t) = log N
// ---------------------------------

/// Law of one coordinate of the data, variance v: signal-to-noise ratio g = v/(sigma^2 t).
enum class DataLaw { gaussian, sphere, binary };

/// I(Y; X)/d in nats at signal-to-noise g (sphere: leading order in d).
double information_per_dimension(DataLaw law, double g);
/// Variance of the information density per dimension: Gaussian g/(1+g), sphere g(g+2)/(2(1+g)^2),
/// binary Var log(1 + e^{-2(g + sqrt(g) z)}).
double dispersion_per_dimension(DataLaw law, double g);
/// sigma^2 t_C at alpha = log(N)/d and coordinate variance v. Gaussian and sphere:
/// v/(e^{2 alpha} - 1); binary: the root of g - E log cosh(g + sqrt(g) z) = alpha, infinite signal
/// (returns 0) at alpha >= log 2.
double collapse_noise(DataLaw law, double alpha, double variance);
/// The same for two Gaussian classes at +-m of variance v per coordinate, class_signal = |m|^2: the
/// class bit counts, d log(1 + g)/2 + I_binary(G) = log N with G = |m|^2/(v + sigma^2 t).
double two_class_collapse_noise(double log_count, double dimension, double variance,
                                double class_signal);
/// Excess entropy per log N of two Gaussian classes of width 1 at +-m, class signal G, in d
/// dimensions: f^e/alpha = 1 - [(d/2) log(1 + g) + I_class(G)]/log N. The class bit I_class is part
/// of what a datum tells.
double two_class_excess(double g, double G, double dimension, double log_count);

// --- the random-energy model: N = e^L levels X ~ N(0, A^2), a = A/sqrt(2L) = beta/beta_c
// -----------

/// E[Y] as N -> infinity, unplanted: max(0, 1 - 1/a); E[Y_k] = Gamma(k - 1/a)/(Gamma(k)
/// Gamma(1-1/a)).
double rem_participation_limit(double a, int k = 2);
/// Laws of finite size, unplanted (exact averages at any N: theory::RandomEnergy). Critical window,
/// z = (a - 1) sqrt(2L) = O(1): E[Y] = e^{-z^2/2}/(2 sqrt(pi L) Phi(-z)), which is 1/sqrt(pi L) at
/// a = 1.
double rem_participation_critical(double a, double L);
/// Condensed phase a > 1, m = 1/a, with the 1/L correction: E[Y] = 1 - m + (m/4L)(log 4 pi L -
/// 2 gamma_E - 2 log Gamma(1-m) - 2 m psi(1-m)).
double rem_participation_condensed(double a, double L);
/// Var Y = (1/a)(1 - 1/a)/3 for a > 1 and N -> infinity; 0 above t_c.
double rem_participation_variance_limit(double a);
/// Planted: E[Y] = Phi(sqrt(L/2)(a - 1/a)); at a = 1 with the next order 1/2 + log 2/sqrt(4 pi L).
double rem_planted_law(double a, double L);
double rem_planted_critical(double L);

/// Unplanted x of norm sqrt(d) rho, data on the sphere of radius s sqrt(d): condensation noise
/// s rho e^{-2 alpha}/sqrt(1 - e^{-2 alpha}), exact as d -> infinity. For alpha -> 0 and any i.i.d.
/// law this is s |x|/sqrt(2L) (Ambrogioni 2024, eq. 38, which holds for unplanted x only).
double sphere_condensation_noise(double alpha, double s, double rho);

}  // namespace symbreak::theory
