// One work unit of score_spectrum: batches of noisy states at every level, and the spectrum of the
// Jacobian at each. May depend on: sim/measure, sim/target, sim/experiment/common.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/score_spectrum/lanczos.hpp"
#include "sim/target/jacobian_law.hpp"

namespace symbreak::experiment::score_spectrum {

enum class StateKind { planted, test, trajectory };

struct Setting : Sampling {
  /// The target of a unit: of several disorder samples each has its own.
  std::shared_ptr<UnitTarget> target;
  target::Model model;
  std::vector<double> noise;  ///< levels s, rising
  double start = 0;           ///< noise at which trajectories begin
  Index steps = 0;            ///< of a trajectory between two levels
  StateKind state = StateKind::planted;
  LanczosSetting lanczos;
  Index axes = 0;  ///< along which J is measured; 0: none
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::score_spectrum
