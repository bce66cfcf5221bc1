// Names of what `generation` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings::generation {

namespace observable {
using namespace generated::observable;
inline constexpr verdict::ObservableName overlap{"overlap"};  ///< |<y>|^2/d per recorded time
inline constexpr verdict::ObservableName overlap_forward{"overlap_forward"};
inline constexpr verdict::ObservableName mean_overlap{"mean_overlap"};  ///< over recorded times
inline constexpr verdict::ObservableName mean_overlap_forward{"mean_overlap_forward"};
inline constexpr verdict::ObservableName score_norm{"score_norm"};  ///< s |score|^2/d
inline constexpr verdict::ObservableName order_parameter_squared{"order_parameter_squared"};
inline constexpr verdict::ObservableName order_parameter_distribution{
    "order_parameter_distribution"};
/// m_1 along a few reverse trajectories: those of the first unit are a picture.
inline constexpr verdict::ObservableName order_parameter_paths{"order_parameter_paths"};
/// Of the first of them, where data are pictures: the noisy state, its clean mean, the datum nearest
/// to that, at a few recorded times.
inline constexpr verdict::ObservableName path_pictures{"path_pictures"};
inline constexpr verdict::ObservableName energy_distance{"energy_distance"};
inline constexpr verdict::ObservableName posterior_entropy{"posterior_entropy"};
inline constexpr verdict::ObservableName frechet_distance{"frechet_distance"};
inline constexpr verdict::ObservableName frechet_excess{"frechet_excess"};
}  // namespace observable

namespace fact {
using generated::fact::noise;  ///< of the recorded levels
using generated::fact::step_error;
using generated::fact::time;
inline constexpr verdict::FactName histogram_edge{"histogram_edge"};
inline constexpr verdict::FactName mean_square_norm{"mean_square_norm"};  ///< E|y|^2/d
inline constexpr verdict::FactName variance{"variance"};                  ///< per dimension
inline constexpr verdict::FactName picture_time{"picture_time"};          ///< of path_pictures
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName class_weight{"class_weight"};  ///< branch_occupation
inline constexpr verdict::PredictionName critical_time{"critical_time"};
inline constexpr verdict::PredictionName overlap{"overlap"};
inline constexpr verdict::PredictionName mean_overlap{"mean_overlap"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::overlap, {"time"}},
    {observable::overlap_forward, {"time"}},
    {observable::score_norm, {"time"}},
    {observable::posterior_entropy, {"time"}},
    {observable::order_parameter_squared, {"time", "order_axis"}},
    {observable::order_parameter_distribution, {"time", "bin"}},
    {observable::order_parameter_paths, {"path", "time"}},
    {observable::path_pictures, {"state", "picture_time", "row", "column"}},
    {observable::branch_occupation, {"class"}}};

}  // namespace symbreak::findings::generation
