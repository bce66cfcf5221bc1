// Names of what `fast_samplers` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings::fast_samplers {

namespace observable {
using generated::observable::branch_occupation;
using generated::observable::wasserstein_2_excess;
/// Mean and mean square of m_a of generated data, per order axis.
inline constexpr verdict::ObservableName generated_mean{"generated_mean"};
inline constexpr verdict::ObservableName generated_square{"generated_square"};
inline constexpr verdict::ObservableName evaluations{"evaluations"};  ///< of the score, per sample
}  // namespace observable

namespace fact {
using generated::fact::class_weight;
using generated::fact::noise;  ///< all levels of the grid
inline constexpr verdict::FactName dimension{"dimension"};
inline constexpr verdict::FactName law_variance{"law_variance"};  ///< of Gaussian data, last level
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName evaluations{"evaluations"};
/// Occupation of the classes by the sampler's own law.
inline constexpr verdict::PredictionName sampler_occupation{"sampler_occupation"};
/// KL divergence of the sampler's law from that of Gaussian data.
inline constexpr verdict::PredictionName sampler_divergence{"sampler_divergence"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::branch_occupation, {"class"}},
                                                     {observable::generated_mean, {"component"}},
                                                     {observable::generated_square, {"component"}}};

}  // namespace symbreak::findings::fast_samplers
