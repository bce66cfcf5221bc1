// One solved point of the equation of state.
// May depend on: sim/experiment/common, theory.hpp.
#pragma once
#include <memory>
#include <vector>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/equation_of_state/theory.hpp"

namespace symbreak::experiment::equation_of_state {

/// Rows of the branch tables; when there are more branches, those of lowest potential are kept.
constexpr Index kBranches = 16;

/// The keys of one point that the physics depends on.
struct Setting : Sampling {
  Criterion criterion = Criterion::score;
  double noise = 1, h = 0;
  std::vector<double> isotherm;
  Index landscape = 0;
  bool plane = false;  ///< the landscape beside a single order axis, too
};

/// Grid points per side of the landscape for `points` along a single axis.
constexpr Index landscape_side(Index points, Index axes) {
  return axes == 1 ? points : (points - 1) / 4 + 1;
}

/// Solves everything at one point in a single block; deterministic, without state.
std::unique_ptr<measure::Simulation> simulation(SharedTarget target, Setting setting);

}  // namespace symbreak::experiment::equation_of_state
