// One unit of `field_scan`: chains of all fields side by side.
// May depend on: sim/experiment/common, sim/target, analysis/findings/field_scan/observables.hpp.
#pragma once
#include <memory>

#include "analysis/findings/field_scan/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment::field_scan {

namespace observable = findings::field_scan::observable;

struct Setting : Sampling {
  std::shared_ptr<const target::Target> target;
  target::VectorXd fields;
  target::Index chains = 0, sweeps = 0, per_block = 0;
  std::int64_t burn_in_blocks = 0;
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::field_scan
