// One unit of `three_way`: trajectories of the scores, one after the other.
// May depend on: sim/measure, sim/target, sim/diffusion, sim/experiment/common.
#pragma once
#include <memory>
#include <vector>

#include "analysis/findings/three_way/observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/common/lattice_score.hpp"
#include "sim/target/patch/patch_data.hpp"

namespace symbreak::experiment::three_way {

namespace observable = findings::three_way::observable;
using findings::three_way::kPrototypes;
using findings::three_way::kScores;

inline constexpr Index kModes = 6;

struct Setting : Sampling {
  std::vector<LatticeScore> scores;  ///< as kScores
  target::Images images;
  std::vector<double> grid;     ///< noise levels, descending
  std::vector<Index> recorded;  ///< indices into grid

  double noise(std::size_t record) const {
    return grid[static_cast<std::size_t>(recorded[record])];
  }
  Index shown() const { return std::min<Index>(6, walkers); }  ///< images kept
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::three_way
