// The score of a Gaussian of any covariance: the best linear denoiser of all data with this mean
// and covariance (Wiener). May depend on: sim/target/denoiser.hpp.
#pragma once
#include <memory>

#include "sim/target/denoiser.hpp"

namespace symbreak::target {

/// <y> = mu + C (C + s)^{-1} (x - mu): the posterior mean of N(mu, C), d<y>/dx = C (C + s)^{-1}
/// whatever x. `lattice`: Denoiser::lattice. O(d^3) once, when it is first asked; d^2 per state.
std::shared_ptr<const Denoiser> gaussian_score(VectorXd mean, MatrixXd covariance,
                                               std::vector<Index> lattice = {});

}  // namespace symbreak::target
