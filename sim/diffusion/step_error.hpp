// What the steps of a sampler cost, exactly, for Gaussian data; and how many steps a tolerance asks
// for. May depend on: integrator.hpp, sim/target, Eigen.
//
// A mode of Gaussian data of variance lambda has <y> = lambda x/(lambda + s) (mean 0), so every
// method's step is x' = a x + b z, and its run from s_0 to s_1 is x_1 = A x_0 + sqrt(V) z. The
// reverse process itself has
//   A* = (lambda + s_1)/(lambda + s_0),   V* = A* (s_0 - s_1).
// Clean means are linear, so that methods which draw posteriors have A = A* at any step. Modes are
// independent, hence the relative entropy of run and process is, with r = V/V*,
//   K = 1/2 sum_modes r - 1 - ln r,
// and no probability differs by more than min(1, sqrt(K/2)) (Pinsker). Methods that keep only the
// law of the end, not its dependence on the start (probability flow, ddim with eta < 1, churn),
// are measured by that law: r = (A^2 (lambda + s_0) + V)/(lambda + s_1).
// For other data it is a guide: the curvature of their posterior costs what that of a Gaussian of
// the same covariance does.
#pragma once
#include <Eigen/Core>
#include <functional>
#include <optional>

#include "sim/diffusion/integrator.hpp"

namespace symbreak::diffusion {

/// x_1 = response x_0 + sqrt(variance) z.
struct LinearRun {
  double response = 1, variance = 0;
};
/// From the first to the last positive level of the grid.
LinearRun run_mode(const SamplerSetting& setting, const Grid& grid, double lambda);
/// The reverse process itself.
LinearRun exact_mode(const Grid& grid, double lambda);

/// Whether steps of size zero give the reverse process: the end of a run is then a draw from the
/// posterior of its start. Otherwise ends have the right law, but another one given their starts.
bool reverse_process(const SamplerSetting& setting);

/// Variances of the modes of the data: eigenvalues of their covariance (nullopt where it is not
/// known, or larger than `largest`), and those within the classes where there are two.
std::optional<Eigen::VectorXd> mode_variances(const target::Model& model,
                                              Eigen::Index largest = 1 << 20);

/// Bound on the error of any probability after the run, for Gaussian data with modes of these
/// variances.
double step_error(const SamplerSetting& setting, const Grid& grid,
                  const Eigen::VectorXd& variances);

/// The same for the mode of the largest variance alone, along which classes are most often decided;
/// 0 where it is not known (beyond 256 dimensions: a spectrum is d^3).
double leading_step_error(const SamplerSetting& setting, const Grid& grid,
                          const target::Model& model);

/// The fewest steps, up to a few per cent, whose error is at most `tolerance`; 0 where more than
/// `most` are needed.
Eigen::Index steps_within(double tolerance, Eigen::Index most,
                          const std::function<double(Eigen::Index)>& error);

}  // namespace symbreak::diffusion
