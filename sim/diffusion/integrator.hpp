// Samplers of the reverse process as whole runs, with their cost in score evaluations.
// May depend on: sim/deck, sim/target, sim/random, Eigen.
//
// Every method of reverse.hpp, and those that are more than a step from s to s':
//   heun   EDM's stochastic sampler: noise is first raised to s(1 + gamma)^2, gamma =
//          min(churn/steps, sqrt 2 - 1), then Heun's step (Karras et al. 2022, algorithm 2)
//   pndm   x' = x + (sqrt(s') - sqrt(s)) epsbar, epsbar from four Runge-Kutta evaluations in the
//          first three steps, then (55 eps - 59 eps_1 + 37 eps_2 - 9 eps_3)/24 (Liu et al. 2022);
//          steps + 9 evaluations. Its half levels are those of the schedule.
#pragma once
#include <Eigen/Core>
#include <vector>

#include "sim/diffusion/reverse.hpp"
#include "sim/diffusion/schedule.hpp"

namespace symbreak::diffusion {

/// One run of a batch: call step(i, ..) for i = 0 .. steps-1 in order. Cheap to construct.
class Integrator {
 public:
  /// `grid` must outlive the integrator.
  Integrator(const SamplerSetting& setting, const Grid& grid) : setting_(setting), grid_(grid) {}

  /// Moves x from level i to level i + 1. `clean_mean`, where the caller has it already, is <y> at
  /// (x, level i); it is counted as an evaluation all the same. It is ignored by a step that first
  /// adds noise (churn).
  void step(std::size_t i, const target::Denoiser& denoiser, random::Stream& noise,
            Eigen::MatrixXd& x, const Eigen::MatrixXd* clean_mean = nullptr);
  /// All steps. The states at the last positive noise.
  Eigen::MatrixXd run(const target::Denoiser& denoiser, random::Stream& noise, Eigen::MatrixXd& x);
  /// Score evaluations per walker so far.
  std::int64_t evaluations() const { return evaluations_; }

 private:
  using Matrix = Eigen::MatrixXd;
  Matrix mean(const target::Denoiser& denoiser, const Matrix& x, double s);
  Matrix epsilon(const target::Denoiser& denoiser, const Matrix& x, double s);
  void multistep(std::size_t i, const target::Denoiser& denoiser, const Matrix& clean, Matrix& x);

  SamplerSetting setting_;
  const Grid& grid_;
  std::int64_t evaluations_ = 0;
  std::vector<Matrix> history_;  // pndm: the last three eps, newest first
};

/// The level to which heun raises noise s by churn before a step.
double churned(const SamplerSetting& setting, const Grid& grid, double noise);

/// Evaluations of a run on this grid.
std::int64_t evaluation_count(const SamplerSetting& setting, const Grid& grid);

}  // namespace symbreak::diffusion
