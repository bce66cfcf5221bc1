// Information, overlap and class identity through a Gaussian channel (Biroli et al. 2024; Guo,
// Shamai & Verdu 2005). q, G, g: signal-to-noise ratios. May depend on: analysis/theory/quadrature.
#pragma once

namespace symbreak::theory {

/// E tanh(q + sqrt(q) z) = E tanh^2(q + sqrt(q) z): overlap of a +-1 datum with its clean mean.
double binary_overlap(double q);
/// mmse of a +-1 datum, 1 - binary_overlap(q).
double binary_mmse(double q);
/// I(y; x) in nats of a +-1 datum: q - E log cosh(q + sqrt(q) z).
double binary_information(double q);
/// H(y|x) = log 2 - binary_information(q).
double binary_entropy(double q);
/// dI/dq: half the mmse. Dispersion of the information density per spin,
/// Var log(1 + exp(-2 (q + sqrt(q) z))).
double binary_dispersion(double q);
/// Two clones split at signal-to-noise G end in the same of two equal classes:
/// phi = (1 + E tanh(G + sqrt(G) z))/2 (phi(1) = 0.775200245397).
double clone_probability(double G);

/// The same for weights 1/(1 + exp(-+log_odds)): E[P^2 + (1-P)^2] over both classes.
double clone_probability(double G, double log_odds);

/// Where the entropy rate of two deltas peaks, as q, in the clock whose increments are those of
/// (sigma^2 t)^power (0: log time): the rate is q^{1+power} mmse(q)/2, power < 1.5. Relative
/// precision 1e-8. Power 0: 1.508330629, 1/2: 2.412648896, 1: 3.348668169.
double entropy_rate_peak(double power);
/// What a Gaussian late start at q loses: KL divergence of the noised two deltas from the Gaussian
/// of the same variance, log(1+q)/2 - log 2 + H(q) (late start: Raya & Ambrogioni 2023).
double late_start_divergence(double q);

}  // namespace symbreak::theory
