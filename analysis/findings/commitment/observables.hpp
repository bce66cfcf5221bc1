// Names of what is measured on typical states, and of what is known about them.
// May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::commitment {

namespace observable {
inline constexpr verdict::ObservableName clone_probability{"clone_probability"};
inline constexpr verdict::ObservableName class_kept{"class_kept"};
inline constexpr verdict::ObservableName class_identity{"class_identity"};
inline constexpr verdict::ObservableName stiffness{"stiffness"};
inline constexpr verdict::ObservableName stiffness_identity{"stiffness_identity"};
inline constexpr verdict::ObservableName unstable_fraction{"unstable_fraction"};
inline constexpr verdict::ObservableName overlap{"overlap"};  ///< |<y>|^2/d
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName noise{"noise"};
inline constexpr verdict::FactName noiseless_stiffness{"noiseless_stiffness"};  ///< at x = 0
inline constexpr verdict::FactName class_signal{"class_signal"};  ///< G, d -> infinity
inline constexpr verdict::FactName class_signal_finite{"class_signal_finite"};  ///< G at this d
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName critical_time{"critical_time"};
inline constexpr verdict::PredictionName clone_probability{"clone_probability"};
}  // namespace prediction

}  // namespace symbreak::findings::commitment
