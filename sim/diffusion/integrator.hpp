// Samplers of the reverse process as whole runs, with their cost in score evaluations.
// May depend on: sim/deck, sim/target, sim/random, Eigen.
//
// Gauge: x = y + sqrt(s) z (every clock is brought to it exactly), so that the published
// variance-preserving forms lose their scale factors: with a = abar = 1/(1+s) and x_VP = sqrt(a) x,
//   x0hat = <y>,  eps = (x - <y>)/sqrt(s),  score = (<y> - x)/s.
// One step from s to s' < s, v = s'(s - s')/s:
//   euler_maruyama  x' = x + (s - s') score + sqrt(s - s') z
//   bridge, ddpm    x' = <y> + (x - <y>) s'/s + sqrt(v) z. The exact bridge for constant <y> *is*
//                   ancestral DDPM sampling with the posterior variance (Ho et al. 2020), because
//                   (1 - a/a')(1 - a')/(1 - a)/a' = v
//   bridge_heun     the same with <y> averaged over both ends (reverse.hpp)
//   ddim            x' = <y> + sqrt((s' - eta^2 v)/s) (x - <y>) + eta sqrt(v) z  (Song et al. 2021;
//                   eta = 0: Euler's step of the probability flow in sqrt(s); eta = 1: ddpm)
//   ode             probability flow dx/dsqrt(s) = eps by Heun's method, no churn
//   heun            EDM's stochastic sampler: noise is first raised to s(1 + gamma)^2, gamma =
//                   min(churn/steps, sqrt 2 - 1), then Heun's step (Karras et al. 2022, algorithm
//                   2)
//   pndm            x' = x + (sqrt(s') - sqrt(s)) epsbar, epsbar from four Runge-Kutta evaluations
//                   in the first three steps, then (55 eps - 59 eps_1 + 37 eps_2 - 9 eps_3)/24 (Liu
//                   et al. 2022); steps + 9 evaluations. Its half levels are those of the schedule.
// A step to s' = 0 is x' = <y> in every case, at one evaluation.
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/diffusion/schedule.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/target.hpp"

namespace symbreak::diffusion {

enum class Method { euler_maruyama, bridge, bridge_heun, ddpm, ddim, ode, heun, pndm };

struct SamplerSetting {
  Method method = Method::bridge;
  double eta = 0;          ///< ddim
  double churn = 0;        ///< heun: S_churn
  double churn_noise = 1;  ///< heun: S_noise
};

SamplerSetting sampler_setting(const deck::Parameters& parameters);
std::vector<deck::Key> sampler_keys();

/// True when the sampler draws no random numbers on the way: the end is a function of the start.
bool deterministic(const SamplerSetting& setting);

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
  /// All steps.
  void run(const target::Denoiser& denoiser, random::Stream& noise, Eigen::MatrixXd& x);
  /// Score evaluations per walker so far.
  std::int64_t evaluations() const { return evaluations_; }

 private:
  using Matrix = Eigen::MatrixXd;
  Matrix mean(const target::Denoiser& denoiser, const Matrix& x, double s);
  Matrix epsilon(const target::Denoiser& denoiser, const Matrix& x, double s);
  void heun_step(double from, double to, const target::Denoiser& denoiser, const Matrix& clean,
                 Matrix& x);
  void multistep(std::size_t i, const target::Denoiser& denoiser, const Matrix& clean, Matrix& x);

  SamplerSetting setting_;
  const Grid& grid_;
  std::int64_t evaluations_ = 0;
  std::vector<Matrix> history_;  // pndm: the last three eps, newest first
};

/// Evaluations of a run on this grid.
std::int64_t evaluation_count(const SamplerSetting& setting, const Grid& grid);

}  // namespace symbreak::diffusion
