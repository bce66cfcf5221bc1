// What is known of the Gaussian score of covariance C along discrete reverse trajectories. May
// depend on: sim/target/spectrum.hpp.
#pragma once
#include <Eigen/Core>
#include <vector>

namespace symbreak::experiment::three_way {

/// -s v_k* J v_k = s v_k* (C + s)^{-1} v_k of the modes k = 2 pi (j, 0)/L, by a Cholesky
/// decomposition at each level and without the spectrum that the score itself is made of: modes x
/// levels.
Eigen::MatrixXd gaussian_softening(const Eigen::MatrixXd& covariance, Eigen::Index side,
                                   const std::vector<double>& noise, Eigen::Index modes);

/// S(k) of the clean mean less its average, exact for these very steps: bridges of a linear score
/// keep a Gaussian state Gaussian, and each eigendirection of C goes alone,
///   <y> = mu + a (x - mu), a = lambda/(lambda + s);
///   x' = r x + (1 - r) <y> + sqrt(s' (s - s')/s) z, r = s'/s,
/// from x ~ N(0, s) at the first level. Averaged over (j, 0) and (0, j): modes x recorded levels.
Eigen::MatrixXd gaussian_structure(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance,
                                   Eigen::Index side, const std::vector<double>& grid,
                                   const std::vector<Eigen::Index>& recorded, Eigen::Index modes);

}  // namespace symbreak::experiment::three_way
