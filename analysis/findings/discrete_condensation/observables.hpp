// Names of what discrete_condensation measures, of its set-up and of what is known.
// May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::discrete_condensation {

namespace observable {
using verdict::ObservableName;
inline constexpr ObservableName true_weight{"true_weight"};  ///< w_1
inline constexpr ObservableName participation{"participation"};
inline constexpr ObservableName largest_weight{"largest_weight"};
inline constexpr ObservableName conditional_entropy{"conditional_entropy"};
inline constexpr ObservableName clone_probability{"clone_probability"};
inline constexpr ObservableName return_probability{"return_probability"};
inline constexpr ObservableName map_correct{"map_correct"};
/// Of mean zero in every channel, at every N and d.
inline constexpr ObservableName true_weight_identity{"true_weight_identity"};
inline constexpr ObservableName clone_identity{"clone_identity"};
inline constexpr ObservableName return_identity{"return_identity"};
inline constexpr ObservableName map_identity{"map_identity"};
}  // namespace observable

namespace fact {
using verdict::FactName;
inline constexpr FactName log_count{"log_count"};
inline constexpr FactName dimension{"dimension"};
inline constexpr FactName alpha{"alpha"};  ///< log2(N)/d
}  // namespace fact

namespace prediction {
using verdict::PredictionName;
inline constexpr PredictionName critical_noise{"critical_noise"};
inline constexpr PredictionName critical_time{"critical_time"};      ///< of the deck's clock
inline constexpr PredictionName true_weight{"true_weight"};          ///< exact
inline constexpr PredictionName true_weight_law{"true_weight_law"};  ///< large d
inline constexpr PredictionName threshold_weight{"threshold_weight"};
}  // namespace prediction

}  // namespace symbreak::findings::discrete_condensation
