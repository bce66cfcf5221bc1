// Names of what `samples` measures on files of generated samples. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::samples {

namespace observable {
/// Copies of a datum: nearest training datum this much closer than the second nearest.
inline constexpr verdict::ObservableName memorized{"memorized"};
inline constexpr verdict::ObservableName memorized_held_out{"memorized_held_out"};  ///< the null
inline constexpr verdict::ObservableName nearest_distance{"nearest_distance"};
inline constexpr verdict::ObservableName nearest_distance_held_out{"nearest_distance_held_out"};
inline constexpr verdict::ObservableName own_half{"own_half"};
inline constexpr verdict::ObservableName distance_gap{"distance_gap"};
inline constexpr verdict::ObservableName spurious{"spurious"};
inline constexpr verdict::ObservableName class_occupation{"class_occupation"};
inline constexpr verdict::ObservableName copies_per_datum{"copies_per_datum"};
inline constexpr verdict::ObservableName frechet_distance{"frechet_distance"};
inline constexpr verdict::ObservableName frechet_held_out{"frechet_held_out"};
inline constexpr verdict::ObservableName wasserstein_2_squared{"wasserstein_2_squared"};
inline constexpr verdict::ObservableName wasserstein_2_held_out{"wasserstein_2_held_out"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName number{"number"};  ///< in the file's name: a training time
inline constexpr verdict::FactName count{"count"};    ///< of samples in the file
inline constexpr verdict::FactName training{"training"};
inline constexpr verdict::FactName held_out{"held_out"};
inline constexpr verdict::FactName class_weights{"class_weights"};
inline constexpr verdict::FactName level{"level"};  ///< of the excess that defines tau_mem
}  // namespace fact

}  // namespace symbreak::findings::samples
