// One unit of `late_start`: forward noised data against a Gaussian, and runs that start from it.
// May depend on: sim/measure, sim/experiment/common, sim/diffusion.
#pragma once
#include <Eigen/Cholesky>
#include <memory>

#include "analysis/findings/late_start/observables.hpp"
#include "sim/diffusion/integrator.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/measure/experiment.hpp"

namespace symbreak::experiment::late_start {

using Eigen::Index;
namespace observable = findings::late_start::observable;

/// Everything that is fixed for all units of a point.
struct Setting {
  target::Model model;  ///< with clean data; log Z and P(class|x) where there is a posterior
  std::shared_ptr<const diffusion::Forward> forward;
  diffusion::SamplerSetting sampler;
  diffusion::Grid grid;
  Eigen::LLT<target::MatrixXd> gaussian;  ///< of Sigma + s
  double log_determinant = 0;
  Index walkers = 0;
  std::int64_t blocks = 0;
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::late_start
