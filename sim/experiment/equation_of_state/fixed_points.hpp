// Fixed points of the score and of the reverse drift: all branches of the equation of state.
// May depend on: sim/target, Eigen, Boost.Math.
//
// Definition. The generalised self-consistency for the clean mean m = <y> is
//     m = <y>_{kappa m + h},
// x = kappa m being the noisy state in the Brownian gauge and h an external field (same units as
// x). kappa = 1 are the fixed points of the score (Ambrogioni 2024, eq. 20). Its potential
//     F_kappa(x) = F(x + h) + |x|^2/(2 kappa)
// is stationary there (kappa = 1: the regularised free energy), and a branch is stable when all
// eigenvalues of kappa beta Cov(y) at it are below 1.
//
// Reverse drift (Raya & Ambrogioni 2023). Under the variance-preserving clocks the noisy state is
// X = theta x and the drift of the reverse process is proportional to X + 2 score. With
// score = (theta <y> - X)/(1 - theta^2) it vanishes at x = 2 <y>/(1 + theta^2), so
// kappa = 2/(1 + theta^2) = 2(1 + s)/(2 + s), s = 1/beta = 1/theta^2 - 1 the noise variance.
#pragma once
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/target/target.hpp"

namespace symbreak::experiment::equation_of_state {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

inline constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

enum class Criterion { score, drift };
/// `noise` = 1/beta, the noise variance in the Brownian gauge.
double kappa(Criterion criterion, double noise);

/// m = <y>_{kappa m + field} at one noise level. Arguments `mean` are clean means (d x walkers).
struct SelfConsistency {
  std::shared_ptr<const target::Target> target;
  double noise = 1;  ///< 1/beta
  double kappa = 1;
  VectorXd field;  ///< d

  SelfConsistency(std::shared_ptr<const target::Target> of, Criterion criterion, double at_noise,
                  VectorXd in_field)
      : target(std::move(of)),
        noise(at_noise),
        kappa(equation_of_state::kappa(criterion, at_noise)),
        field(std::move(in_field)) {}

  target::Averages posterior(const MatrixXd& mean) const;  ///< at the states kappa m + h
  MatrixXd map(const MatrixXd& mean) const { return posterior(mean).mean; }
  /// kappa beta Cov(y) v, the linearised map, column by column.
  MatrixXd linearised(const VectorXd& mean, const MatrixXd& v) const;
  /// F at the states kappa m + h, one per column.
  VectorXd free_energy(const MatrixXd& mean) const;
  /// F_kappa, one per column.
  VectorXd potential(const MatrixXd& mean) const;
};

/// The straight line m = origin + u c along the first order axis u, through the part of the
/// target's mean orthogonal to it. The coordinate c = u.m/|u|^2 is the order parameter.
struct Line {
  VectorXd origin, axis;
  double lowest = -1, highest = 1;  ///< range of c over the support (or over 512 samples)
  double extent() const { return std::max(highest, -lowest); }
  VectorXd at(double c) const { return origin + c * axis; }
  double coordinate(const VectorXd& m) const { return axis.dot(m) / axis.squaredNorm(); }
};
Line first_axis(const target::Target& target);
/// Whether the map sends the line into itself (checked at three points to 1e-9).
bool invariant(const SelfConsistency& equation, const Line& line);
/// c - (image of c) at each c.
VectorXd residual(const SelfConsistency& equation, const Line& line, const VectorXd& c);
/// d residual/dc = 1 - u.(kappa beta Cov) u/|u|^2.
double slope(const SelfConsistency& equation, const Line& line, double c);
/// All zeros of the residual on an invariant line, ascending: scan (uniform, and logarithmic around
/// `centre`), bracketing (TOMS 748) and Newton polish. Pairs that a cell of the scan hides are
/// found through the extremum between them. Branches closer than 1e-4 extent to an exactly
/// symmetric one are not resolved.
std::vector<double> roots(const SelfConsistency& equation, const Line& line, double centre);

/// The branch that continues the only one of high noise: m = 0 for an even target without a field,
/// else followed by Newton from high noise (the majority branch of an imperfect pitchfork).
VectorXd symmetric_branch(const std::shared_ptr<const target::Target>& target, Criterion criterion,
                          double noise, const VectorXd& field, const Line& line);

struct Eigenvalue {
  double value = 0, error = 0;
};
/// Largest eigenvalue of kappa beta Cov(y): dense for d <= 32, else Lanczos.
Eigenvalue top_eigenvalue(const SelfConsistency& equation, const VectorXd& mean);

/// Eigenvalues (ascending) and eigenvectors of the symmetric part of a small matrix.
std::pair<VectorXd, MatrixXd> symmetric_spectrum(const MatrixXd& matrix);

struct FixedPoint {
  VectorXd mean;     ///< d
  double error = 0;  ///< numerical error of |mean|
  double free_energy = 0, potential = 0;
  Eigenvalue top;      ///< of kappa beta Cov(y)
  Index unstable = 0;  ///< eigenvalues above 1 (d > 32: 1 stands for "at least one")
  /// One eigenvalue is 1 within 1e-6: critical, or a point of a continuous orbit of fixed points
  /// (broken rotation symmetry), of which only the one on the line is listed.
  bool marginal = false;
};
/// All branches: on the invariant line; for 1 < d <= 8 by Newton from data, samples and
/// combinations of the order axes; for larger d without an invariant line those reached from 16
/// samples by iterating the map. Ascending in the components along the order axes.
std::vector<FixedPoint> fixed_points(const SelfConsistency& equation, const Line& line,
                                     const VectorXd& symmetric);

/// d<m>/dh v = (1 - kappa beta Cov)^{-1} beta Cov v at a stable fixed point, by conjugate
/// gradients; nullopt when it diverges.
std::optional<VectorXd> response(const SelfConsistency& equation, const VectorXd& mean,
                                 const VectorXd& v);

}  // namespace symbreak::experiment::equation_of_state
