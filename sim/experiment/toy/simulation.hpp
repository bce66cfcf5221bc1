// One unit of `toy`: a Gaussian chain of known mean, variance and autocorrelation time.
// May depend on: sim/experiment/common, analysis/findings/toy/observables.hpp.
#pragma once
#include <cstdint>
#include <memory>

#include "analysis/findings/toy/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"

namespace symbreak::experiment::toy {

namespace observable = findings::toy::observable;

struct Setting : Sampling {
  double mean = 0, correlation = 0;
  double delay = 0;  ///< milliseconds after each block
  std::int64_t samples = 1;
};

/// 1/2 + sum_{k>0} rho^k.
inline double tau_int(double correlation) { return 0.5 + correlation / (1 - correlation); }

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::toy
