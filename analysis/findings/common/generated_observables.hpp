// Names that experiments on generated data share. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::generated {

namespace observable {
inline constexpr verdict::ObservableName branch_occupation{"branch_occupation"};
/// (Sliced) W_2^2 of generated to exact samples minus that between two exact sets.
inline constexpr verdict::ObservableName wasserstein_2_excess{"wasserstein_2_excess"};
/// Squared error of a sampled clean mean, per coordinate.
inline constexpr verdict::ObservableName clean_mean_variance{"clean_mean_variance"};
inline constexpr verdict::ObservableName chains_unconverged{"chains_unconverged"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName noise{"noise"};  ///< s = sigma^2 t in the Brownian gauge
inline constexpr verdict::FactName time{"time"};    ///< of the same levels, the deck's clock
inline constexpr verdict::FactName class_weight{"class_weight"};
/// Bound on what steps of finite size add to any probability; 0: none, or not known.
inline constexpr verdict::FactName step_error{"step_error"};
}  // namespace fact

}  // namespace symbreak::findings::generated
