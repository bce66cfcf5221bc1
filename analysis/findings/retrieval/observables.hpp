// Names of what retrieval measures, of its set-up and of what is known. May depend on:
// analysis/verdict/name.hpp.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::retrieval {

namespace observable {
using verdict::ObservableName;
inline constexpr ObservableName true_weight{"true_weight"};  ///< w_1 of the datum at the start
inline constexpr ObservableName crosstalk{"crosstalk"};      ///< (1/w_1 - 1)/(N - 1) at the start
inline constexpr ObservableName square{"square"};            ///< |y|^2/d of the datum at the start
inline constexpr ObservableName retrieved{"retrieved"};      ///< the update ends at w_1 > 1/2
inline constexpr ObservableName final_overlap{"final_overlap"};
inline constexpr ObservableName fixed_point_distance{"fixed_point_distance"};
inline constexpr ObservableName residual{"residual"};  ///< of the fixed-point equation
inline constexpr ObservableName updates{"updates"};
inline constexpr ObservableName energy_rise{"energy_rise"};  ///< the largest in one update
inline constexpr ObservableName energy_difference{"energy_difference"};  ///< F~ - E - constant
}  // namespace observable

namespace fact {
using verdict::FactName;
inline constexpr FactName log_count{"log_count"};  ///< log N
inline constexpr FactName dimension{"dimension"};
inline constexpr FactName beta{"beta"};
}  // namespace fact

namespace prediction {
using verdict::PredictionName;
inline constexpr PredictionName capacity{"capacity"};                  ///< alpha_1, d -> infinity
inline constexpr PredictionName retrieval_weight{"retrieval_weight"};  ///< E[w_1] at x = y_1
inline constexpr PredictionName log_crosstalk{"log_crosstalk"};        ///< log E[crosstalk]
}  // namespace prediction

}  // namespace symbreak::findings::retrieval
