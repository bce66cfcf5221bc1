// Names of what entropy_clock measures at every noise level, and of what is known of it.
// May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::entropy_clock {

namespace observable {
/// dH/dln s by three estimators, and the gaps of the first to the others.
inline constexpr verdict::ObservableName entropy_rate_mmse{"entropy_rate_mmse"};
inline constexpr verdict::ObservableName entropy_rate_score{"entropy_rate_score"};
inline constexpr verdict::ObservableName entropy_rate_trace{"entropy_rate_trace"};
inline constexpr verdict::ObservableName entropy_rate_gap_score{"entropy_rate_gap_score"};
inline constexpr verdict::ObservableName entropy_rate_gap_trace{"entropy_rate_gap_trace"};
inline constexpr verdict::ObservableName entropy_rate_table{"entropy_rate_table"};  ///< s, rate
inline constexpr verdict::ObservableName entropy_produced{"entropy_produced"};
inline constexpr verdict::ObservableName information{"information"};  ///< i = log p(x|y)/p(x)
inline constexpr verdict::ObservableName information_square{"information_square"};
inline constexpr verdict::ObservableName conditional_entropy{"conditional_entropy"};
inline constexpr verdict::ObservableName clone_probability{"clone_probability"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName time{"time"};    ///< of every level, deck's clock
inline constexpr verdict::FactName noise{"noise"};  ///< s = sigma^2 t
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName rate{"rate"};  ///< at every level
inline constexpr verdict::PredictionName data_entropy{"data_entropy"};
/// Noise at which the rate per unit of s^power is largest.
struct Peak {
  double power;
  const char* clock;
  verdict::PredictionName name;
};
inline constexpr Peak peaks[] = {{0.0, "ln s", verdict::PredictionName{"peak_log_s"}},
                                 {0.5, "sqrt(s)", verdict::PredictionName{"peak_sqrt_s"}},
                                 {1.0, "s", verdict::PredictionName{"peak_s"}}};

/// Critical times by criterion: solved on the line x = 0, and in closed form.
struct Criterion {
  const char* name;
  verdict::PredictionName solved, closed;
};
inline constexpr Criterion score{"score", verdict::PredictionName{"solved_score"},
                                 verdict::PredictionName{"critical_score"}};
inline constexpr Criterion vp_drift{"vp_drift", verdict::PredictionName{"solved_vp_drift"},
                                    verdict::PredictionName{"critical_vp_drift"}};
inline constexpr Criterion vp_flow{"vp_flow", verdict::PredictionName{"solved_vp_flow"},
                                   verdict::PredictionName{"critical_vp_flow"}};
inline constexpr verdict::PredictionName critical_speciation{"critical_speciation"};
inline constexpr verdict::PredictionName critical_clone{"critical_clone"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::entropy_rate_mmse, {"time"}},
    {observable::entropy_rate_score, {"time"}},
    {observable::entropy_rate_trace, {"time"}},
    {observable::entropy_rate_gap_score, {"time"}},
    {observable::entropy_rate_gap_trace, {"time"}},
    {observable::information, {"time"}},
    {observable::information_square, {"time"}},
    {observable::conditional_entropy, {"time"}},
    {observable::clone_probability, {"time"}},
    {observable::entropy_rate_table, {"time", "column"}}};

}  // namespace symbreak::findings::entropy_clock
