// One unit of `fluctuations`: clean samples, their moments and their covariance.
// May depend on: sim/experiment/common, sim/target, analysis/findings/fluctuations/observables.hpp.
#pragma once
#include <memory>

#include "analysis/findings/fluctuations/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::fluctuations {

namespace observable = findings::fluctuations::observable;

struct Setting : Sampling {
  bool ferromagnet = false;  ///< a cluster chain
  bool uniform = false;      ///< lambda_max(C) = <M^2>/N
  bool covariance = false;   ///< is accumulated
  bool lanes = false;        ///< chains side by side in zero field
  target::Index gap = 1;     ///< sweeps between their samples
  bool exact = false;        ///< lambda_max of each disorder sample is known exactly
  double unit = 1;           ///< temperature
  target::Index burn_in = 0, samples = 0;
};

/// Whether the spins are on a lattice of equal sides, whose modes are measured.
bool has_modes(const target::Denoiser& target);

std::unique_ptr<measure::Simulation> simulation(std::shared_ptr<const target::Target> target,
                                                const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::fluctuations
