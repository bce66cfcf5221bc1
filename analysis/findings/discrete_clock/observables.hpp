// Names of what discrete_clock measures at every noise level, and of what is known of it.
// May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::discrete_clock {

namespace observable {
using verdict::ObservableName;
inline constexpr ObservableName conditional_entropy{"conditional_entropy"};  ///< H(y|x)
inline constexpr ObservableName entropy_rate{"entropy_rate"};                ///< -dH/du
inline constexpr ObservableName overlap{"overlap"};                          ///< |<y>|^2/d
inline constexpr ObservableName overlap_identity{"overlap_identity"};
inline constexpr ObservableName clone_probability{"clone_probability"};
inline constexpr ObservableName clone_identity{"clone_identity"};
inline constexpr ObservableName entropy_produced{"entropy_produced"};
/// theta h lambda_max(Cov(y|x)) of typical states at the self-consistent noise of their couplings.
inline constexpr ObservableName softening{"softening"};
inline constexpr ObservableName eigenvalue{"eigenvalue"};  ///< largest of Cov(y)
}  // namespace observable

namespace fact {
using verdict::FactName;
inline constexpr FactName noise{"noise"};  ///< e or p of every level
inline constexpr FactName time{"time"};    ///< -ln u
inline constexpr FactName dimension{"dimension"};
}  // namespace fact

namespace prediction {
using verdict::PredictionName;
inline constexpr PredictionName data_entropy{"data_entropy"};
inline constexpr PredictionName conditional_entropy{"conditional_entropy"};
inline constexpr PredictionName entropy_rate{"entropy_rate"};
inline constexpr PredictionName overlap{"overlap"};
inline constexpr PredictionName clone_probability{"clone_probability"};
inline constexpr PredictionName sign_agreement{"sign_agreement"};  ///< M = 0 is a class of its own
/// Exact curves, for pictures.
inline constexpr PredictionName curve_noise{"curve_noise"};
inline constexpr PredictionName curve_entropy{"curve_entropy"};
inline constexpr PredictionName curve_rate{"curve_rate"};
/// Critical noises by criterion.
inline constexpr PredictionName critical_self_consistent{"critical_self_consistent"};
inline constexpr PredictionName critical_signal{"critical_signal"};
inline constexpr PredictionName critical_hidden{"critical_hidden"};
inline constexpr PredictionName critical_vp_score{"critical_vp_score"};
inline constexpr PredictionName critical_clone{"critical_clone"};
struct Criterion {
  const char* name;
  PredictionName noise;
};
inline constexpr Criterion criteria[] = {{"self-consistent", critical_self_consistent},
                                         {"signal", critical_signal},
                                         {"hidden mode", critical_hidden},
                                         {"VP score", critical_vp_score},
                                         {"clone", critical_clone}};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::conditional_entropy, {"noise"}},
                                                     {observable::entropy_rate, {"noise"}},
                                                     {observable::overlap, {"noise"}},
                                                     {observable::overlap_identity, {"noise"}},
                                                     {observable::clone_probability, {"noise"}},
                                                     {observable::clone_identity, {"noise"}}};

}  // namespace symbreak::findings::discrete_clock
