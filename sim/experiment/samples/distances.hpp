// Distances of the laws behind two samples, with their errors. May depend on: analysis/statistics.
#pragma once
#include <Eigen/Core>

namespace symbreak::experiment::samples {

/// Most points of each sample that laws are compared by.
inline constexpr Eigen::Index kDistancePoints = 8192;

struct Distance {
  double value = 0, error = 0;
};

/// Frechet distance of the Gaussians of the same mean and covariance (with the features of an
/// Inception network: FID). Columns are points. Biased upwards by finite samples, about
/// tr C (1/n + 1/m) and more: compare with that of two real samples of these sizes. Error: delete-
/// group jackknife over both samples, 5 groups. O(d^3).
Distance frechet(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

/// Squared Wasserstein-2 distance along random directions of as many points of each, the mean over
/// the directions; likewise biased, with the same kind of error.
Distance wasserstein(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b,
                     const Eigen::MatrixXd& along);
}  // namespace symbreak::experiment::samples
