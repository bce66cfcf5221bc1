// Names of what is measured in uniform fields. Number of spins and torus: common/
// spin_observables.hpp. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::field_scan {

namespace observable {
inline constexpr verdict::ObservableName magnetization{"magnetization"};  ///< <y_i>, one per field
inline constexpr verdict::ObservableName magnetization_square{"magnetization_square"};  ///< <M^2>/N
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName field{"field"};  ///< H = (m + h)/s, all of them
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName critical_time{"critical_time"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::magnetization, {"field"}},
                                                     {observable::magnetization_square, {"field"}}};

}  // namespace symbreak::findings::field_scan
