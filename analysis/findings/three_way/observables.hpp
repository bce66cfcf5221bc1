// Names of what `three_way` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include <Eigen/Core>
#include <array>

#include "analysis/verdict/name.hpp"

namespace symbreak::findings::three_way {

inline constexpr Eigen::Index kPrototypes = 6;

/// What one of the scores has to itself.
struct ScoreNames {
  const char* name;                   ///< in file names
  const char* title;                  ///< in titles
  verdict::ObservableName softening;  ///< -s v_k* J v_k along its trajectories
  verdict::ObservableName structure;  ///< S(k) of the clean mean less its average
  verdict::ObservableName images;     ///< final ones
};
/// The last is there where the target is a network.
inline constexpr std::array<ScoreNames, 4> kScores = {
    {{"model", "uniform-patch model", verdict::ObservableName{"model_softening"},
      verdict::ObservableName{"model_structure"}, verdict::ObservableName{"model_images"}},
     {"memorizing", "memorizing score", verdict::ObservableName{"memorizing_softening"},
      verdict::ObservableName{"memorizing_structure"},
      verdict::ObservableName{"memorizing_images"}},
     {"real", "patches of real images", verdict::ObservableName{"real_softening"},
      verdict::ObservableName{"real_structure"}, verdict::ObservableName{"real_images"}},
     {"network", "network", verdict::ObservableName{"network_softening"},
      verdict::ObservableName{"network_structure"}, verdict::ObservableName{"network_images"}}}};

namespace observable {
inline constexpr verdict::ObservableName prototype_eigenvalues{"prototype_eigenvalues"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName noise{"noise"};  ///< of the recorded levels
inline constexpr verdict::FactName lattice_side{"lattice_side"};
inline constexpr verdict::FactName window{"window"};  ///< P^2 of the model
inline constexpr verdict::FactName largest_norm{"largest_norm"};
}  // namespace fact

namespace prediction {
/// Of each prototype, per recorded level.
inline constexpr std::array<verdict::PredictionName, kPrototypes> eigenvalues = {
    verdict::PredictionName{"eigenvalue_0"}, verdict::PredictionName{"eigenvalue_1"},
    verdict::PredictionName{"eigenvalue_2"}, verdict::PredictionName{"eigenvalue_3"},
    verdict::PredictionName{"eigenvalue_4"}, verdict::PredictionName{"eigenvalue_5"}};
}  // namespace prediction

/// Axes of its arrays.
inline std::vector<verdict::ArrayAxes> axes() {
  std::vector<verdict::ArrayAxes> all = {
      {observable::prototype_eigenvalues, {"noise", "prototype"}}};
  for (const ScoreNames& score : kScores) {
    all.push_back({score.softening, {"noise", "wave"}});
    all.push_back({score.structure, {"noise", "wave"}});
    all.push_back({score.images, {"image", "row", "column"}});
  }
  return all;
}

}  // namespace symbreak::findings::three_way
