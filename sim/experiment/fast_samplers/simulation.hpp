// One unit of `fast_samplers`: batches of reverse runs, judged at their end. May depend on:
// sim/measure, sim/experiment/common, sim/diffusion.
#pragma once
#include <memory>

#include "analysis/findings/fast_samplers/observables.hpp"
#include "sim/experiment/common/clean_mean.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/experiment/common/sample_distance.hpp"

namespace symbreak::experiment::fast_samplers {

namespace observable = findings::fast_samplers::observable;

/// Everything that is fixed for all units of a point.
struct Setting : ReverseRun {
  diffusion::StartKind start = diffusion::StartKind::noise;
  Index start_samples = 0;
  target::MatrixXd axes;     ///< d x k, divided by |u|^2
  double coupling_unit = 1;  ///< of spins: J = unit K
  ScoreSource score;
  Space space;  ///< of distances
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::fast_samplers
