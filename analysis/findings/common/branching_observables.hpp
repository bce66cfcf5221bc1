// Names of what is measured on data that are noised to a time t and run back, and of what is known
// of it. May depend on: analysis/verdict, generated_observables.hpp.
#pragma once
#include "analysis/findings/common/generated_observables.hpp"
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::branching {

namespace observable {
inline constexpr verdict::ObservableName class_kept{"class_kept"};
inline constexpr verdict::ObservableName overlap_return{"overlap_return"};  ///< y.y'/d
inline constexpr verdict::ObservableName overlap{"overlap"};                ///< |<y>|^2/d
inline constexpr verdict::ObservableName returned{"returned"};              ///< to its own datum
inline constexpr verdict::ObservableName clone_probability_exact{"clone_probability_exact"};
/// Differences of mean zero for an exact score.
inline constexpr verdict::ObservableName class_identity{"class_identity"};
inline constexpr verdict::ObservableName overlap_identity{"overlap_identity"};
inline constexpr verdict::ObservableName return_identity{"return_identity"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName time{"time"};                    ///< of the turn, deck's clock
inline constexpr verdict::FactName noise{"noise"};                  ///< s = sigma^2 t
inline constexpr verdict::FactName samples{"samples"};              ///< trajectories
inline constexpr verdict::FactName signal{"signal"};                ///< G = |m|^2/(variance + s)
inline constexpr verdict::FactName mean_variance{"mean_variance"};  ///< of unequal classes
inline constexpr verdict::FactName steps{"steps"};
using generated::fact::step_error;
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName clone_probability{"clone_probability"};  ///< phi(G)
inline constexpr verdict::PredictionName speciation_time_clone{"speciation_time_clone"};  ///< G = 1
/// G = 1 where that is a limit only: classes of unequal variance.
inline constexpr verdict::PredictionName speciation_time_signal{"speciation_time_signal"};
}  // namespace prediction

}  // namespace symbreak::findings::branching
