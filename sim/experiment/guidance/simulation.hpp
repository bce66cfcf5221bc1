// One unit of `guidance`: pairs of trajectories, one of which is pushed. May depend on:
// sim/measure, sim/experiment/common, sim/diffusion.
#pragma once
#include <memory>

#include "analysis/findings/guidance/observables.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/target/class_score.hpp"

namespace symbreak::experiment::guidance {

namespace observable = findings::guidance::observable;

/// Everything that is fixed for all units of a point.
/// The model knows committors where it has a posterior.
struct Setting : ReverseRun {
  target::VectorXd axis;  ///< a, half the distance of two classes or the first order axis
  Index label = 0;        ///< class that is pushed to
  bool cfg = false;
  const target::ClassScore* classes = nullptr;  ///< with cfg, of a mere denoiser
  double push = 0;                              ///< g D
  std::ptrdiff_t at = -1;                       ///< level of the push; -1: random
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::guidance
