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

using findings::three_way::kPrototypes;
using findings::three_way::ScoreNames;
using findings::three_way::Sort;

inline constexpr Index kModes = 6;

struct Score {
  const ScoreNames* names;
  LatticeScore lattice;
  Index number = 0;  ///< memorizing: of the first so many images; real: patch side, 0: several
};

struct Setting : Sampling {
  std::vector<Score> scores;    ///< as the sorts
  target::Images images;        ///< all that are memorized
  std::vector<double> grid;     ///< noise levels, descending
  std::vector<Index> recorded;  ///< indices into grid

  double noise(std::size_t record) const {
    return grid[static_cast<std::size_t>(recorded[record])];
  }
  Index shown() const { return std::min<Index>(6, walkers); }  ///< images kept
  /// What a memorizing score is made of.
  Eigen::Ref<const Eigen::MatrixXd> memorized(const Score& score) const {
    return images.values.leftCols(score.number);
  }
};

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address);

}  // namespace symbreak::experiment::three_way
