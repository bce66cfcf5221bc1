// Names of what the closed-form chain measures and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::toy {

namespace observable {
inline constexpr verdict::ObservableName value{"value"};      ///< state of the chain
inline constexpr verdict::ObservableName square{"square"};    ///< (value - mean)^2
inline constexpr verdict::ObservableName moments{"moments"};  ///< (value - mean)^k, k = 0..3
inline constexpr verdict::ObservableName tau_exact{"tau_exact"};
}  // namespace observable

namespace prediction {
inline constexpr verdict::PredictionName mean{"mean"};
inline constexpr verdict::PredictionName variance{"variance"};
inline constexpr verdict::PredictionName tau_int{"tau_int"};  ///< of `value`, in samples
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::moments, {"row", "column"}}};

}  // namespace symbreak::findings::toy
