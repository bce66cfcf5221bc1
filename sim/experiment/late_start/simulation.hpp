// One unit of `late_start`: forward noised data against a Gaussian, and runs that start from it.
// May depend on: sim/measure, sim/experiment/common, sim/diffusion.
#pragma once
#include <memory>

#include "analysis/findings/late_start/observables.hpp"
#include "analysis/statistics/matrix.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/experiment/common/sample_distance.hpp"

namespace symbreak::experiment::late_start {

namespace observable = findings::late_start::observable;

/// Everything that is fixed for all units of a point.
/// The model knows log Z and P(class|x) where it has a posterior.
struct Setting : ReverseRun {
  statistics::Cholesky gaussian;  ///< of Sigma + s
  Space space;                    ///< of distances
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::late_start
