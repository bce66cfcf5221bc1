// Names of what discrete_generation measures, of its set-up and of what is known.
// May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::discrete_generation {

namespace observable {
using verdict::ObservableName;
inline constexpr ObservableName energy{"energy"};                              ///< E/N
inline constexpr ObservableName magnetization_second{"magnetization_second"};  ///< M^2/N
inline constexpr ObservableName energy_of_data{"energy_of_data"};
inline constexpr ObservableName magnetization_second_of_data{"magnetization_second_of_data"};
inline constexpr ObservableName leaping_excess{"leaping_excess"};  ///< E KL(data || leaps | order)
inline constexpr ObservableName r_hat{"r_hat"};  ///< of chains of a sampled posterior, the largest
}  // namespace observable

namespace fact {
using verdict::FactName;
inline constexpr FactName noise{"noise"};  ///< levels of the grid, e or p
inline constexpr FactName dimension{"dimension"};
inline constexpr FactName exact{"exact"};  ///< 1: the sampler has the law of the data
}  // namespace fact

namespace prediction {
using verdict::PredictionName;
inline constexpr PredictionName leaping_excess{"leaping_excess"};
inline constexpr PredictionName least_excess{"least_excess"};  ///< of as many steps
inline constexpr PredictionName many_leaps{"many_leaps"};      ///< asymptotic least excess
inline constexpr PredictionName total_correlation{"total_correlation"};
inline constexpr PredictionName rate{"rate"};  ///< h(e) at the levels
/// The exact h(e), for pictures.
inline constexpr PredictionName curve_noise{"curve_noise"};
inline constexpr PredictionName curve_rate{"curve_rate"};
/// Of the sampler's own law.
inline constexpr PredictionName divergence{"divergence"};
inline constexpr PredictionName energy{"energy"};
inline constexpr PredictionName magnetization_second{"magnetization_second"};
}  // namespace prediction

}  // namespace symbreak::findings::discrete_generation
