// One unit of `locality` of a set of points on a grid, and of a score with its input masked. May
// depend on: sim/measure, sim/experiment/common.
#pragma once
#include <memory>

#include "analysis/findings/locality/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/locality/windows.hpp"

namespace symbreak::experiment::locality {

struct ImageSetting : Sampling {
  std::shared_ptr<const UnitTarget> target;  ///< with explicit points
  double noise = 1;                          ///< s
  PixelWindows windows{};
  bool equivariant = false;  ///< also the score that does not know where its window is
};
std::unique_ptr<measure::Simulation> simulation(const ImageSetting& setting,
                                                const measure::UnitAddress& address);

struct MaskedSetting : Sampling {
  deck::Parameters parameters;
  target::Model model;  ///< any one of them, where the target has disorder
  double noise = 1;     ///< s
  PixelWindows windows{};
};
std::unique_ptr<measure::Simulation> simulation(const MaskedSetting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::locality
