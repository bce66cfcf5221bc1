// Three estimators of the entropy rate on forward noised data. May depend on:
// sim/experiment/common.
#pragma once
#include <cmath>
#include <memory>
#include <vector>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/chain_groups.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::entropy_clock {

struct Setting : Sampling {
  target::Model model;
  std::vector<double> noise;                      ///< ascending, even in ln s
  const target::FiniteSupport* points = nullptr;  ///< the data, where they are explicit points
  double data_entropy = NAN;  ///< of other laws, nats; NaN: continuous data, or not known
  ChainGroups groups;

  /// Whether the posterior is summed: then information and class probabilities are known too.
  bool summed() const { return model.posterior != nullptr && !groups.used; }
  /// Discrete data have an entropy, and so has their posterior.
  bool discrete() const { return points != nullptr || std::isfinite(data_entropy); }
  /// Whether it is seen in which class clones end.
  bool clones() const { return model.posterior != nullptr && model.data->classes() > 1; }
};

/// One work unit; `setting` outlives it.
std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::entropy_clock
