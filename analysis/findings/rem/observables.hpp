// Names and shapes of what rem measures, of its set-up and of what is known. May depend on:
// analysis/verdict/name.hpp.
#pragma once
#include <array>
#include <cstddef>

#include "analysis/verdict/name.hpp"

namespace symbreak::findings::rem {

inline constexpr std::size_t kHistogramBins = 20;  ///< of the distribution of Y
inline constexpr std::array kQuantiles = {0.1, 0.25, 0.5, 0.75, 0.9};
inline constexpr std::size_t kMedian = 2;

/// One entry per temperature; the last two are one row per temperature.
namespace observable {
using verdict::ObservableName;
inline constexpr ObservableName log_partition{"log_partition"};
inline constexpr ObservableName log_partition_variance{"log_partition_variance"};
inline constexpr ObservableName free_energy{"free_energy"};
inline constexpr ObservableName energy{"energy"};
inline constexpr ObservableName entropy{"entropy"};
inline constexpr ObservableName participation{"participation"};  ///< Y = Y_2, Y_k = sum_j w_j^k
inline constexpr ObservableName participation_3{"participation_3"};
inline constexpr ObservableName participation_4{"participation_4"};
inline constexpr ObservableName participation_square{"participation_square"};  ///< Y^2
inline constexpr ObservableName effective_patterns{"effective_patterns"};      ///< 1/Y
inline constexpr ObservableName largest_weight{"largest_weight"};
inline constexpr ObservableName true_weight{"true_weight"};  ///< w_1, of the planted level
inline constexpr ObservableName map_correct{"map_correct"};  ///< the planted level is the highest
inline constexpr ObservableName true_weight_identity{"true_weight_identity"};  ///< w_1 - Y
inline constexpr ObservableName map_identity{"map_identity"};  ///< (MAP correct) - max_j w_j
/// Of levels in classes, W_c = sum_j w_cj.
inline constexpr ObservableName class_participation{"class_participation"};  ///< Y_C = sum_c W_c^2
inline constexpr ObservableName largest_class_weight{"largest_class_weight"};  ///< max_c W_c
inline constexpr ObservableName class_without_member{"class_without_member"};
inline constexpr ObservableName class_weight{"class_weight"};            ///< W_1, planted
inline constexpr ObservableName class_map_correct{"class_map_correct"};  ///< W_1 is the largest
inline constexpr ObservableName class_weight_identity{"class_weight_identity"};  ///< W_1 - Y_C
inline constexpr ObservableName class_map_identity{"class_map_identity"};
inline constexpr ObservableName class_participation_quantiles{"class_participation_quantiles"};
inline constexpr ObservableName participation_quantiles{"participation_quantiles"};
inline constexpr ObservableName participation_distribution{"participation_distribution"};
}  // namespace observable

namespace fact {
using verdict::FactName;
inline constexpr FactName log_count{"log_count"};      ///< log N
inline constexpr FactName energy_unit{"energy_unit"};  ///< a level of one standard deviation
inline constexpr FactName log_classes{"log_classes"};  ///< log N_1, of levels in classes
inline constexpr FactName log_members{"log_members"};  ///< log N_2
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName critical_beta{"critical_beta"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::log_partition, {"experiment.a|experiment.beta"}},
    {observable::log_partition_variance, {"experiment.a|experiment.beta"}},
    {observable::free_energy, {"experiment.a|experiment.beta"}},
    {observable::energy, {"experiment.a|experiment.beta"}},
    {observable::entropy, {"experiment.a|experiment.beta"}},
    {observable::participation, {"experiment.a|experiment.beta"}},
    {observable::participation_3, {"experiment.a|experiment.beta"}},
    {observable::participation_4, {"experiment.a|experiment.beta"}},
    {observable::participation_square, {"experiment.a|experiment.beta"}},
    {observable::effective_patterns, {"experiment.a|experiment.beta"}},
    {observable::largest_weight, {"experiment.a|experiment.beta"}},
    {observable::true_weight, {"experiment.a|experiment.beta"}},
    {observable::map_correct, {"experiment.a|experiment.beta"}},
    {observable::true_weight_identity, {"experiment.a|experiment.beta"}},
    {observable::map_identity, {"experiment.a|experiment.beta"}},
    {observable::class_participation, {"experiment.a|experiment.beta"}},
    {observable::largest_class_weight, {"experiment.a|experiment.beta"}},
    {observable::class_without_member, {"experiment.a|experiment.beta"}},
    {observable::class_weight, {"experiment.a|experiment.beta"}},
    {observable::class_map_correct, {"experiment.a|experiment.beta"}},
    {observable::class_weight_identity, {"experiment.a|experiment.beta"}},
    {observable::class_map_identity, {"experiment.a|experiment.beta"}},
    {observable::class_participation_quantiles, {"experiment.a|experiment.beta", "quantile"}},
    {observable::participation_quantiles, {"experiment.a|experiment.beta", "quantile"}},
    {observable::participation_distribution, {"experiment.a|experiment.beta", "bin"}}};

}  // namespace symbreak::findings::rem
