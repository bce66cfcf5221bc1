// Names of what is measured on blurred leaves of the random hierarchy model. May depend on:
// analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::random_hierarchy {

/// Means over the nodes of a layer, root first.
namespace observable {
inline constexpr verdict::ObservableName belief{"belief"};        ///< in the true symbol
inline constexpr verdict::ObservableName recovered{"recovered"};  ///< it is the most believed one
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName leaf_belief{"leaf_belief"};  ///< before any inference
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName class_belief{"class_belief"};
inline constexpr verdict::PredictionName threshold{"threshold"};  ///< p* of the recursion
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::belief, {"layer"}},
                                                     {observable::recovered, {"layer"}}};

}  // namespace symbreak::findings::random_hierarchy
