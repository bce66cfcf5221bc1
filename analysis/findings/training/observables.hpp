// Names of what `training` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::training {

namespace observable {
// Along the training times tau of the grid.
inline constexpr verdict::ObservableName train_loss{"train_loss"};
inline constexpr verdict::ObservableName test_loss{"test_loss"};
inline constexpr verdict::ObservableName distance_empirical{"distance_empirical"};
inline constexpr verdict::ObservableName distance_population{"distance_population"};
// Times: ln tau where it is reached, else 0; and whether it is.
inline constexpr verdict::ObservableName log_generalization{"log_tau_generalization"};
inline constexpr verdict::ObservableName log_best{"log_tau_best"};
inline constexpr verdict::ObservableName log_rise{"log_tau_rise"};
inline constexpr verdict::ObservableName log_harm{"log_tau_harm"};
inline constexpr verdict::ObservableName log_memorization{"log_tau_memorization"};
inline constexpr verdict::ObservableName reached_generalization{"reached_generalization"};
inline constexpr verdict::ObservableName reached_best{"reached_best"};
inline constexpr verdict::ObservableName reached_rise{"reached_rise"};
inline constexpr verdict::ObservableName reached_harm{"reached_harm"};
inline constexpr verdict::ObservableName reached_memorization{"reached_memorization"};
inline constexpr verdict::ObservableName test_minimum{"test_loss_minimum"};
inline constexpr verdict::ObservableName test_end{"test_loss_end"};    ///< tau = infinity
inline constexpr verdict::ObservableName train_end{"train_loss_end"};  ///< tau = infinity
inline constexpr verdict::ObservableName true_train_end{"true_train_loss_end"};
// Spectrum of U.
inline constexpr verdict::ObservableName spectrum{"spectrum"};
inline constexpr verdict::ObservableName effective_rank{"effective_rank"};
inline constexpr verdict::ObservableName modes_dropped{"modes_dropped"};
inline constexpr verdict::ObservableName linear_weight{"linear_weight"};
inline constexpr verdict::ObservableName data_weight{"data_weight"};
// Sampled at a few training times.
inline constexpr verdict::ObservableName sampled_empirical{"sampled_distance_empirical"};
inline constexpr verdict::ObservableName sampled_population{"sampled_distance_population"};
inline constexpr verdict::ObservableName train_identity{"train_identity"};
inline constexpr verdict::ObservableName test_identity{"test_identity"};
inline constexpr verdict::ObservableName cluster_bias{"cluster_bias"};
inline constexpr verdict::ObservableName curl{"curl"};
inline constexpr verdict::ObservableName linear_deviation{"linear_deviation"};
// Generated at a few training times.
inline constexpr verdict::ObservableName memorized{"memorized"};
inline constexpr verdict::ObservableName second_moment{"second_moment"};
inline constexpr verdict::ObservableName transverse_variance{"transverse_variance"};
inline constexpr verdict::ObservableName diverged{"diverged"};
inline constexpr verdict::ObservableName mode_variance{"mode_variance_excess"};
inline constexpr verdict::ObservableName memorized_null{"memorized_null"};
inline constexpr verdict::ObservableName memorized_exact{"memorized_population"};
inline constexpr verdict::ObservableName second_moment_exact{"second_moment_population"};
inline constexpr verdict::ObservableName transverse_variance_exact{
    "transverse_variance_population"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName noise{"noise"};
inline constexpr verdict::FactName tau{"tau"};
inline constexpr verdict::FactName sampled_tau{"sampled_tau"};
inline constexpr verdict::FactName generated_tau{"generated_tau"};
inline constexpr verdict::FactName data{"data"};  ///< N
inline constexpr verdict::FactName dimension{"dimension"};
inline constexpr verdict::FactName features{"features"};
inline constexpr verdict::FactName mode_low{"data_mode_low"};
inline constexpr verdict::FactName mode_high{"data_mode_high"};
inline constexpr verdict::FactName mode_floor{"mode_floor"};
inline constexpr verdict::FactName gaussian_start{"starts_at_optimum"};
inline constexpr verdict::FactName exact_law{"exact_law"};
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName linear_weight{"linear_weight"};
inline constexpr verdict::PredictionName data_weight{"data_weight"};
inline constexpr verdict::PredictionName peak_data{"peak_data"};  ///< N of the ridgeless peak
}  // namespace prediction

}  // namespace symbreak::findings::training
