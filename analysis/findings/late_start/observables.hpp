// Names of what `late_start` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings::late_start {

namespace observable {
using generated::observable::branch_occupation;
using generated::observable::wasserstein_2_excess;
inline constexpr verdict::ObservableName divergence{"divergence"};  ///< KL(p_s || Gaussian)
/// E P(class|x) at the start, and what generated data have beyond it.
inline constexpr verdict::ObservableName ideal_occupation{"ideal_occupation"};
inline constexpr verdict::ObservableName occupation_gap{"occupation_gap"};
}  // namespace observable

namespace fact = generated::fact;  // noise and time of the start

namespace prediction {
inline constexpr verdict::PredictionName critical_noise{"critical_noise"};
inline constexpr verdict::PredictionName divergence{"divergence"};
/// Where the divergence bends most in ln s.
inline constexpr verdict::PredictionName critical_start_noise{"critical_start_noise"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::branch_occupation, {"class"}},
                                                     {observable::ideal_occupation, {"class"}},
                                                     {observable::occupation_gap, {"class"}}};

}  // namespace symbreak::findings::late_start
