// The reverse process's own transition, for any posterior that can be drawn from: the clean datum
// behind the state is drawn, not averaged, and the state moves on the Brownian bridge between the
// two. Exact for steps of any size and any target: classes of unequal variance, points, spins.
// May depend on: sim/target, sim/random.
#pragma once
#include "sim/random/stream.hpp"
#include "sim/target/posterior.hpp"

namespace symbreak::diffusion {

/// Moves all columns of x from noise `from` to `to` < `from`:
///     y ~ p(y | x),  x' = y + (x - y) s'/s + sqrt(s'(s - s')/s) z.
/// The plain bridge puts <y> in the place of y and so drops (1 - s'/s)^2 Var(y|x) in each step.
void posterior_transition(const target::Posterior& posterior, double from, double to,
                          random::Stream& noise, Eigen::MatrixXd& x);

}  // namespace symbreak::diffusion
