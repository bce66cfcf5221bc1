// n copies of a target coupled through their sum: the equation of state by Monte Carlo.
//
// The self-consistency m = <y>_{x = m + h} is the n -> infinity limit of
//     p(y_1..y_n) ~ prod_a phi(y_a) e^{-beta |y_a|^2/2} exp[(beta/2n) |Y|^2 + beta h u.Y],
// Y = sum_a y_a (Ambrogioni 2024, section 3: mean-field universality). A Gaussian auxiliary field x
// decouples the copies: with e^{(beta/2n)|Y|^2} = int dx' e^{-n beta |x'|^2/2 + beta x'.Y} and
// x = x' + h u, the copies are independent posterior samples in the common field beta x, and
//     x | y ~ N(Y/n + h u, 1/(n beta)) per coordinate,   y_a | x ~ phi(y) e^{-beta|y|^2/2 + beta
//     x.y},
//     p(x) ~ exp(-n beta |x - h u|^2/2) Z(x)^n,
// whose maximum x - h u = <y>_x is the equation of state in the field h. With M the component of
// Y/n along u (u.Y/n = |u|^2 M), d<M>/dh = n beta |u|^2 (<M^2> - <M>^2): this is the susceptibility
// chi; Var(M) of one copy is lambda/|u|^2, so m = beta lambda (m + h) gives chi -> t_c/(t - t_c).
//
// Algorithm. One sweep is
//   1. candidates: `candidates` - 1 points around an auxiliary centre, drawn in the order plane,
//      and the current x are weighed with the exact marginal p(x) and one is chosen (Tjelmeland
//      2004; given the centre all of them are exchangeable, so this is a Gibbs step). The width of
//      the cloud is drawn log-uniformly between the thermal width of x and that of the target, so
//      it needs no tuning and decorrelates at every n: tau_int stays of order one where plain
//      Gibbs sampling has tau_int ~ sqrt(n). Cost: one batch of `candidates` log Z.
//   2. y | x: the sum of n posterior samples (Target::draw_copies).
//   3. x | y.
// `candidates = 1` is plain Gibbs sampling. A global flip would be exact for even targets but
// leaves every even moment untouched: not worth its cost.
//
// Without log Z (a posterior that is only sampled) step 1 is left out, and step 2 moves n Markov
// chains that share the field and are kept from sweep to sweep (MonteCarloPosterior::draw_sums):
// Gibbs sampling of all copies.
//
// May depend on: sim/experiment/common, sim/target.
#pragma once
#include <memory>

#include "sim/experiment/common/batch_experiment.hpp"

namespace symbreak::experiment::copies {

struct Setting : Sampling {
  double beta = 1, field = 0;
  std::int64_t copies = 1, sweeps_per_block = 1, burn_in_blocks = 0;
  Index candidates = 1;
  bool coupled_everywhere = true;  ///< all coordinates, or the order plane alone
  bool chains = false;             ///< copies are Markov chains, not independent posterior draws
  Index chain_sweeps = 1;          ///< of the copies per draw of the field
};

/// One chain.
std::unique_ptr<measure::Simulation> simulation(std::shared_ptr<const target::Target> target,
                                                const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::copies
