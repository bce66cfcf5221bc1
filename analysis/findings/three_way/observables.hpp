// Names of what `three_way` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include <Eigen/Core>
#include <vector>

#include "analysis/findings/three_way/score_names.hpp"

namespace symbreak::findings::three_way {

inline constexpr Eigen::Index kPrototypes = kPredicted;

namespace fact {
inline constexpr verdict::FactName noise{"noise"};  ///< of the recorded levels
inline constexpr verdict::FactName lattice_side{"lattice_side"};
inline constexpr verdict::FactName window{"window"};  ///< P^2 of the model
inline constexpr verdict::FactName largest_norm{"largest_norm"};
/// Of several scores of one sort, what sets them apart.
inline constexpr verdict::FactName memorized{"memorized"};  ///< images of each memorizing score
inline constexpr verdict::FactName patch_sides{
    "patch_sides"};  ///< of each patch machine; 0: scales
}  // namespace fact

namespace prediction {
/// -s v_k* J v_k and S(k) of the Gaussian score, per recorded level and mode.
inline constexpr verdict::PredictionName gaussian_softening{"gaussian_softening"},
    gaussian_structure{"gaussian_structure"};
}  // namespace prediction

/// Axes of its arrays.
inline std::vector<verdict::ArrayAxes> axes() {
  std::vector<verdict::ArrayAxes> all;
  for (const ScoreNames& score : kScores) {
    if (score.sort == Sort::memorizing) {
      all.push_back({score.eigenvalues, {"noise", "prototype"}});
    }
    all.push_back({score.softening, {"noise", "wave"}});
    all.push_back({score.structure, {"noise", "wave"}});
    all.push_back({score.images, {"image", "row", "column"}});
  }
  return all;
}

}  // namespace symbreak::findings::three_way
