// Names of what condensation measures, of its set-up and of what is known. May depend on:
// analysis/verdict/name.hpp.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::condensation {

namespace observable {
using verdict::ObservableName;
inline constexpr ObservableName participation{"participation"};            ///< Y = sum_j w_j^2
inline constexpr ObservableName effective_patterns{"effective_patterns"};  ///< 1/Y
inline constexpr ObservableName entropy{"entropy"};                        ///< of the posterior
inline constexpr ObservableName largest_weight{"largest_weight"};
inline constexpr ObservableName true_weight{"true_weight"};        ///< w_1, of the planted datum
inline constexpr ObservableName excess_entropy{"excess_entropy"};  ///< f^e = -log(w_1)/d
inline constexpr ObservableName map_correct{"map_correct"};        ///< largest weight on the datum
inline constexpr ObservableName denoising_error{"denoising_error"};
inline constexpr ObservableName log_likelihood{"log_likelihood"};
inline constexpr ObservableName clone_probability{"clone_probability"};    ///< same datum twice
inline constexpr ObservableName return_probability{"return_probability"};  ///< of a U-turn
inline constexpr ObservableName nearest_ratio{"nearest_ratio"};            ///< d_1/d_2
inline constexpr ObservableName memorized{"memorized"};
// Of data of two levels: the weight of all members of a centre together.
inline constexpr ObservableName class_weight{
    "class_weight"};  ///< W_1, of the planted datum's class
inline constexpr ObservableName class_identity{"class_identity"};  ///< W_1 - sum_c W_c^2
// Exact identities, of mean zero.
inline constexpr ObservableName true_weight_identity{"true_weight_identity"};  ///< w_1 - Y
inline constexpr ObservableName map_identity{"map_identity"};  ///< (MAP correct) - max_j w_j
inline constexpr ObservableName overlap_identity{"overlap_identity"};  ///< <y>.(y - <y>)/d
inline constexpr ObservableName clone_identity{"clone_identity"};      ///< (clones agree) - Y
inline constexpr ObservableName return_identity{"return_identity"};    ///< (U-turn returns) - Y
}  // namespace observable

namespace fact {
using verdict::FactName;
inline constexpr FactName log_count{"log_count"};  ///< log N
inline constexpr FactName dimension{"dimension"};
inline constexpr FactName collapse_is_bound{"collapse_is_bound"};  ///< 1: of an upper bound on I
}  // namespace fact

namespace prediction {
using verdict::PredictionName;
inline constexpr PredictionName collapse_time{"collapse_time"};  ///< I(Y;X_t) = log N
inline constexpr PredictionName information{"information"};      ///< I(Y;X_t)
inline constexpr PredictionName dispersion{"dispersion"};        ///< variance of its density
inline constexpr PredictionName information_without_class{"information_without_class"};
inline constexpr PredictionName planted_weight{"planted_weight"};      ///< E[w_1]
inline constexpr PredictionName planted_surprise{"planted_surprise"};  ///< E[-log w_1]
inline constexpr PredictionName threshold_weight{"threshold_weight"};  ///< E[w_1] at I = log N
inline constexpr PredictionName threshold_weight_error{"threshold_weight_error"};
/// The same three of the class of a datum, of data of two levels.
inline constexpr PredictionName class_time{"class_time"};
inline constexpr PredictionName class_weight{"class_weight"};  ///< E[W_1] before members are told
inline constexpr PredictionName class_threshold_weight{"class_threshold_weight"};
inline constexpr PredictionName class_threshold_weight_error{"class_threshold_weight_error"};
inline constexpr PredictionName condensation_time{"condensation_time"};  ///< x of fixed norm
inline constexpr PredictionName condensation_time_printed{"condensation_time_printed"};
inline constexpr PredictionName participation{"participation"};      ///< E[Y], x of fixed norm
inline constexpr PredictionName published_ratio{"published_ratio"};  ///< f^e/alpha
inline constexpr PredictionName published_error{"published_error"};
}  // namespace prediction

}  // namespace symbreak::findings::condensation
