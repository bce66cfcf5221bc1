// Masks opened many at a time: what it costs, and which steps cost least. May depend on: this
// folder.
//
// A leap from the share e of masked spins to e' draws each that it opens from its own marginal given
// what was open at e. Averaged over the orders in which spins open,
//   E KL(law || leaps | order) = sum_k (e_k - e_{k+1}) h(e_k) - H(Y),   h(e) = dH(y|x)/de,
// the excess of an upper Riemann sum of a growing function: the information between spins that open
// together. It bounds the KL divergence of the generated law, in which orders are mixed. One step
// costs the total correlation sum_i H(y_i) - H(Y). For many steps the best nodes have the density
// sqrt(h'(e)), at the cost (integral of sqrt(h') de)^2/(2n); even ones cost (h(1) - h(0))/(2n).
// (Riemann sums for parallel unmasking: arXiv 2510.25544, 2511.04647.)
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/theory/channels/curve.hpp"

namespace symbreak::theory {

/// sum_k (e_k - e_{k+1}) h(e_k) - H(Y), nats, for nodes that fall from 1 to 0.
double leaping_excess(const ChannelCurve& erasure, const std::vector<double>& nodes);

/// Nodes of `steps` leaps, e_0 = 1 > e_1 > ... > e_steps = 0:
///   even       e_k = 1 - k/n
///   cosine     e_k = cos(pi k/(2n))
///   entropic   equal shares of H(y|x)
///   sqrt_rate  equal shares of the integral of sqrt(h')
///   optimum    the least excess: dynamic programming over ever finer nodes, absolute 1e-9; beyond
///              64 steps begun at sqrt_rate
std::vector<double> even_nodes(int steps);
std::vector<double> cosine_nodes(int steps);
std::vector<double> entropic_nodes(const ChannelCurve& erasure, int steps);
std::vector<double> sqrt_rate_nodes(const ChannelCurve& erasure, int steps);
std::vector<double> optimal_nodes(const ChannelCurve& erasure, int steps);

/// (integral of sqrt(h') de)^2/(2n): the least excess of many leaps.
double many_leaps_excess(const ChannelCurve& erasure, int steps);

}  // namespace symbreak::theory
