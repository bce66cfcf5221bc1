// Names of what `guided_generation` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings::guided_generation {

namespace observable {
/// Along the class axis, in deviations of the class: mean and variance of the generated states.
inline constexpr verdict::ObservableName shift{"shift"};
inline constexpr verdict::ObservableName variance{"variance"};
/// Variance per coordinate, all directions, over the class's own.
inline constexpr verdict::ObservableName spread{"spread"};
inline constexpr verdict::ObservableName purity{"purity"};  ///< mean P(class | x)
inline constexpr verdict::ObservableName class_fraction{"class_fraction"};
inline constexpr verdict::ObservableName energy_distance{"energy_distance"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName signal{"signal"};  ///< G at the end of the run
using generated::fact::noise;                         ///< of the steps
inline constexpr verdict::FactName weight{"weight"};  ///< w there
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName shift{"shift"};
inline constexpr verdict::PredictionName variance{"variance"};
inline constexpr verdict::PredictionName purity{"purity"};
inline constexpr verdict::PredictionName class_fraction{"class_fraction"};
}  // namespace prediction

}  // namespace symbreak::findings::guided_generation
