// One work unit of the retrieval experiment: data of one dataset, updated from a given overlap. May
// depend on: sim/experiment/common, sim/target, sim/random, analysis/theory.
#pragma once
#include <memory>

#include "analysis/theory/information.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::retrieval {

struct Setting : Sampling {
  std::shared_ptr<const target::Target> target;
  double b = 1;
  theory::Energy energy = theory::Energy::associative;
  double overlap = 1;
  Index iterations = 1;
  bool equal_norms = false;
};

std::unique_ptr<measure::Simulation> simulation(Setting setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::retrieval
