// Blurred leaves, and beliefs in the symbols behind them. May depend on: sim/target.
#pragma once
#include <memory>

#include "sim/measure/experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::random_hierarchy {

struct Setting {
  bool gaussian = false;  ///< x = y + sqrt(strength) z; else strength is eps
  double strength = 0;
  Eigen::Index walkers = 0;  ///< data per block
  std::int64_t blocks = 0;
};

/// One work unit on this set of rules; `setting` outlives it.
std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                std::shared_ptr<const target::Denoiser> rules,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::random_hierarchy
