// Names of what `score_comparison` measures at every noise level. May depend on: analysis/verdict.
#pragma once
#include <array>

#include "analysis/verdict/name.hpp"

namespace symbreak::findings::score_comparison {

/// A score that the network is held against.
struct Reference {
  const char* name;                  ///< in words
  verdict::ObservableName distance;  ///< E|D - D_reference|^2/d
};
enum ReferenceIndex : std::size_t { kData, kHeldOut, kGaussian, kPatches, kReferences };
inline constexpr std::array<Reference, kReferences> kScores = {
    {{"the data beside it", verdict::ObservableName{"distance_data"}},
     {"held-out data", verdict::ObservableName{"distance_held_out"}},
     {"a Gaussian of the same covariance", verdict::ObservableName{"distance_gaussian"}},
     {"a patch machine", verdict::ObservableName{"distance_patches"}}}};

namespace observable {
inline constexpr verdict::ObservableName loss{"loss"};            ///< E|y - D|^2/d
inline constexpr verdict::ObservableName loss_data{"loss_data"};  ///< of the score of the data
/// |y - D|^2 - |y - D_data|^2 - |D - D_data|^2 over d: of mean 0 for states of the data.
inline constexpr verdict::ObservableName loss_gap{"loss_gap"};
inline constexpr verdict::ObservableName antisymmetric{"antisymmetric"};      ///< |J - J^T|^2/(4 d)
inline constexpr verdict::ObservableName jacobian_square{"jacobian_square"};  ///< |J|^2/d
inline constexpr verdict::ObservableName jacobian_error{"jacobian_error"};    ///< of products
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName time{"time"};              ///< of every level, deck's clock
inline constexpr verdict::FactName noise{"noise"};            ///< s = sigma^2 t, rising
inline constexpr verdict::FactName own_states{"own_states"};  ///< 1: noisy training data
inline constexpr verdict::FactName claimed{"claimed"};        ///< which of kScores it claims to be
}  // namespace fact

namespace prediction {
/// Root mean square distance per coordinate, at every level, that rounding makes between equal
/// scores.
inline constexpr verdict::PredictionName rounding{"rounding"};
}  // namespace prediction

}  // namespace symbreak::findings::score_comparison
