// The Curie-Weiss model p(y) ~ exp(K M^2/(2d)), M = sum_i y_i, y in {-1,1}^d, K = J/T, as a
// diffusion target (Ambrogioni 2024, section 5 with J = -W). Pure functions.
#pragma once

namespace symbreak::theory {

/// <M^2>/d, exact at any d, sum over the d + 1 values of M. This is lambda_max of the covariance
/// (uniform mode), hence sigma^2 t_c. Limits: 1/(1-K) for K < 1, 1.1708 sqrt(d) at K = 1, d m*^2
/// above.
double curie_weiss_second_moment(int d, double K);
/// m* = tanh(K m*) >= 0, thermodynamic limit.
double curie_weiss_spontaneous(double K);
/// Positive branch of the self-consistent m = tanh((K + b) m + b h), d -> infinity.
double curie_weiss_magnetization(double K, double beta, double h);
/// Signal-to-noise ratio of the class bit in the ordered phase, G = d m*^2/(sigma^2 t + lambda_in),
/// lambda_in = (1-m*^2)/(1 - K (1-m*^2)); clone_probability(G) is the probability of class
/// commitment.
double curie_weiss_class_signal(int d, double K, double noise);

}  // namespace symbreak::theory
