// Distances between two samples of a law, for judging generated data where the law is known.
// Columns are data points. May depend on: Eigen.
#pragma once
#include <Eigen/Core>

namespace symbreak::statistics {

using Samples = Eigen::Ref<const Eigen::MatrixXd>;  ///< d x count

/// Squared Wasserstein-2 distance of two samples of equal size, averaged over the given unit
/// directions (columns): per direction mean (u.a_(i) - u.b_(i))^2 of the sorted projections. In one
/// dimension with the direction (1) this is W_2^2 itself. Positive for finite samples of one law:
/// compare with a pair of independent exact samples. O(directions count (d + log count)).
double sliced_wasserstein_squared(const Samples& a, const Samples& b, const Samples& directions);

/// Energy distance 2 E|a-b| - E|a-a'| - E|b-b'| (Szekely & Rizzo 2013), unbiased: its mean is zero
/// when both laws agree and positive otherwise. O(count^2 d).
double energy_distance(const Samples& a, const Samples& b);

/// Frechet distance of two Gaussians, |mu_a - mu_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^{1/2})
/// (Dowson & Landau 1982).
double frechet_distance(const Eigen::VectorXd& mean_a, const Eigen::MatrixXd& covariance_a,
                        const Eigen::VectorXd& mean_b, const Eigen::MatrixXd& covariance_b);
/// The same of the means and covariances of two samples. C_a C_b = A A' B B' has the squares of the
/// singular values of A'B for its eigenvalues: cost O(d n m + n^3) for n < d columns in the one and m
/// in the other, O(d^2 (n + m) + d^3) else.
double frechet_distance(const Samples& a, const Samples& b);

}  // namespace symbreak::statistics
