// Units of `mode_softening`: the noise-free branch, and chains in Langevin equilibrium
// (trajectories: sim/experiment/common/lattice_generation.hpp). May depend on: sim/measure,
// sim/diffusion, sim/experiment/common.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "analysis/findings/mode_softening/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/lattice_score.hpp"

namespace symbreak::experiment::mode_softening {

namespace fact = findings::mode_softening::fact;
namespace observable = findings::mode_softening::observable;
namespace prediction = findings::mode_softening::prediction;

inline constexpr Index kModes = 4;  ///< of the branch

struct BranchSetting {
  LatticeScore score;
  double beta = 1;
  std::vector<double> fields{};      ///< at which m(h) is solved at the critical noise
  std::optional<double> critical{};  ///< that noise
};
std::unique_ptr<measure::Simulation> simulation(const BranchSetting& setting);

struct EquilibriumSetting : Sampling {
  LatticeScore score;
  double noise = 1, step = 0.2, time_per_block = 50, burn_in = 0;
  std::int64_t burn_in_blocks = 0;
};
std::unique_ptr<measure::Simulation> simulation(const EquilibriumSetting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::mode_softening
