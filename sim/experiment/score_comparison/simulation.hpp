// A score beside others on the same noisy states. May depend on: sim/measure, sim/target,
// sim/experiment/common.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "analysis/findings/score_comparison/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/score_comparison/references.hpp"
#include "sim/target/network/network.hpp"

namespace symbreak::experiment::score_comparison {

struct Setting : Sampling {
  target::Model model;
  const target::Network* network = nullptr;  ///< nullptr: a score of another kind
  std::vector<double> noise;                 ///< rising
  bool held_out = false;                     ///< noisy states are of held-out data
  bool curl = true;
  std::shared_ptr<const References> references;  ///< made at the start of the first unit
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::score_comparison
