// One unit of `guided_generation`. May depend on: sim/measure, sim/experiment/common,
// sim/diffusion, analysis/theory.
#pragma once
#include <memory>

#include "analysis/findings/guided_generation/observables.hpp"
#include "analysis/theory/guidance.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/target/class_score.hpp"

namespace symbreak::experiment::guided_generation {

namespace observable = findings::guided_generation::observable;

struct Setting : ReverseRun {
  const target::Posterior* law =
      nullptr;  ///< of the data (of a network, beside it); nullptr: unknown
  std::shared_ptr<const target::Denoiser> guided;
  const target::ClassScore* classes = nullptr;
  Index label = 0;                     ///< the wanted class
  target::VectorXd axis;               ///< unit vector towards it
  target::ClassScore::Moments wanted;  ///< of its clean data
  bool distance = true;                ///< to samples of the class
  std::vector<Index> followed{};       ///< levels at which P(class|x) is recorded
  Index dimension() const { return model.denoiser->dimension(); }
  double end() const { return grid.noise.back(); }
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::guided_generation
