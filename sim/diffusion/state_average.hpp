// Averages over the noisy states of a one-dimensional target, by quadrature. May depend on:
// sim/target.
#pragma once
#include <functional>

#include "sim/target/clean_data.hpp"
#include "sim/target/posterior.hpp"

namespace symbreak::diffusion {

/// Values at the states x (1 x n) of inverse noise beta (n), given their posteriors.
using StateFunction = std::function<target::VectorXd(
    const target::MatrixXd& x, const target::VectorXd& beta, const target::Averages& posterior)>;

/// E f over p_s(x) = Z(x, 1/s) exp(-x^2/2s)/sqrt(2 pi s), the law of the data at noise s: the
/// trapezoid rule, which converges exponentially, over all of the data and ten standard deviations
/// of the noise, in steps of a fiftieth of one (4e5 nodes at most: data that spread over more than
/// 10^5 deviations are no longer resolved). Throws std::logic_error for data of more than one
/// dimension.
double state_average(const target::Posterior& posterior, const target::CleanData& data, double s,
                     const StateFunction& f);

}  // namespace symbreak::diffusion
