// Blurred leaves, and beliefs in the symbols behind them.
// May depend on: sim/experiment/common, sim/target.
#pragma once
#include <memory>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::random_hierarchy {

struct Setting : Sampling {
  bool gaussian = false;  ///< x = y + sqrt(strength) z; else strength is eps
  double strength = 0;
};

/// One work unit on this set of rules; `setting` outlives it.
std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                std::shared_ptr<const target::Denoiser> rules,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::random_hierarchy
