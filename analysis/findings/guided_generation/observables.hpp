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
/// Mean P(class | x) along the runs, at some of the levels: of many classes.
inline constexpr verdict::ObservableName committed{"committed"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName signal{"signal"};  ///< G at the end of the run
using generated::fact::noise;                         ///< of the steps
inline constexpr verdict::FactName weight{"weight"};  ///< w there
/// Of K = e^{alpha d} classes.
inline constexpr verdict::FactName rate{"rate"};          ///< alpha
inline constexpr verdict::FactName followed{"followed"};  ///< s of `committed`
inline constexpr verdict::FactName within{"within"};      ///< v
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName shift{"shift"};
inline constexpr verdict::PredictionName variance{"variance"};
inline constexpr verdict::PredictionName purity{"purity"};
inline constexpr verdict::PredictionName class_fraction{"class_fraction"};
/// Of K = e^{alpha d} classes, d -> infinity: shift per coordinate of the class's mean, variance per
/// coordinate over that of the class, noise where the class outweighs all others.
inline constexpr verdict::PredictionName limit_shift{"limit_shift"};
inline constexpr verdict::PredictionName limit_spread{"limit_spread"};
inline constexpr verdict::PredictionName condensation_noise{"condensation_noise"};
inline constexpr verdict::PredictionName condensation_finite{"condensation_finite"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::committed, {"followed"}}};

}  // namespace symbreak::findings::guided_generation
