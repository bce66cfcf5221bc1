// N independent +-1 data seen through a discrete channel: when is the datum behind a noisy state
// known? May depend on: this folder, analysis/theory.
//
// d spins, N data, alpha = log2(N)/d. The weight w_1 of the datum that x was made from passes from 1
// to 0 where the channel carries log N nats: e_c = 1 - alpha, 1 - h2(p_c)/ln 2 = alpha. In every
// channel E[w_1] = E[Y], Y = sum_j w_j^2, = P(clones are the same datum).
#pragma once
#include "analysis/theory/channels/curve.hpp"

namespace symbreak::theory {

/// The discrete channels by what they do to the information of a fair spin.
enum class SpinNoise { erase, flip };

/// Share e or probability p at which a channel carries `alpha` bits a spin, 0 < alpha < 1.
double memorization_noise(SpinNoise channel, double alpha);

/// E[w_1], exact at every N = e^L and d:
///   erase  sum_k Bin(k; d, 1-e) (1 - (1 - 2^-k)^N)/(N 2^-k)
///   flip   sum_K Bin(K; d, p) int_0^inf du e^-u [sum_j 2^-d C(d,j) exp(-u ((1-p)/p)^(K-j))]^(N-1)
/// the integral by the trapezoid rule in ln u, to rounding.
double true_weight(SpinNoise channel, double noise, int dimension, double log_count);

/// The same near the threshold, d -> infinity with its first correction:
///   Phi(z) + c phi(z)/sqrt(dV) + skewness (z^2 - 1) phi(z)/6,   z = (d I - L)/sqrt(dV),
/// I the information a spin, V its dispersion, c = 1 - Euler's gamma (erase: others match or do
/// not), ln 2 (flip: as in the random energy model).
double true_weight_law(SpinNoise channel, double noise, int dimension, double log_count);

}  // namespace symbreak::theory
