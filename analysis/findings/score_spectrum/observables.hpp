// Names of what `score_spectrum` measures at every noise level. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::score_spectrum {

/// J = d<y>/dx; rows are noise levels, columns eigenvalues (of a score that is no gradient: singular
/// values), the largest first.
namespace observable {
using verdict::ObservableName;
inline constexpr ObservableName eigenvalues{"eigenvalues"};              ///< mean over states
inline constexpr ObservableName eigenvalue_median{"eigenvalue_median"};  ///< median over states
inline constexpr ObservableName trace{"trace"};                          ///< tr J
inline constexpr ObservableName trace_median{"trace_median"};
inline constexpr ObservableName count{"count"};  ///< of eigenvalues above 1/2
inline constexpr ObservableName count_median{"count_median"};
inline constexpr ObservableName gap{"gap"};                      ///< widest, between neighbours
inline constexpr ObservableName gap_dimension{"gap_dimension"};  ///< eigenvalues above it
inline constexpr ObservableName participation{"participation"};  ///< (sum J_k)^2/sum J_k^2
inline constexpr ObservableName along_axes{"along_axes"};        ///< u_k.J u_k, axes of the law
inline constexpr ObservableName along_axes_median{"along_axes_median"};
inline constexpr ObservableName residual{"residual"};  ///< max_k |J u_k - J_k u_k|
/// tr J - |y - <y>|^2/s, of mean zero where y is behind x and the score is exact.
inline constexpr ObservableName trace_identity{"trace_identity"};
}  // namespace observable

namespace fact {
using verdict::FactName;
inline constexpr FactName time{"time"};          ///< of every level, deck's clock
inline constexpr FactName noise{"noise"};        ///< s = sigma^2 t
inline constexpr FactName state{"state"};        ///< 0 planted, 1 test, 2 trajectory
inline constexpr FactName thermal{"thermal"};    ///< v_k/(v_k + s): levels after one another
inline constexpr FactName collapse{"collapse"};  ///< s_C of a dataset
}  // namespace fact

namespace prediction {
using verdict::PredictionName;
inline constexpr PredictionName trace{"trace"};  ///< E tr J at every level
/// The same of the law that points were drawn from, and how far so many points may be off.
inline constexpr PredictionName trace_of_law{"trace_of_law"};
inline constexpr PredictionName trace_of_law_error{"trace_of_law_error"};
/// v_k/(v_k + sigma_*) of a test point below the collapse, as log N -> infinity.
inline constexpr PredictionName frozen{"frozen"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::eigenvalues, {"experiment.t", "rank"}},
    {observable::eigenvalue_median, {"experiment.t", "rank"}},
    {observable::trace, {"experiment.t"}},
    {observable::trace_median, {"experiment.t"}},
    {observable::count, {"experiment.t"}},
    {observable::count_median, {"experiment.t"}},
    {observable::gap, {"experiment.t"}},
    {observable::gap_dimension, {"experiment.t"}},
    {observable::participation, {"experiment.t"}},
    {observable::along_axes, {"experiment.t", "axis"}},
    {observable::along_axes_median, {"experiment.t", "axis"}},
    {observable::residual, {"experiment.t"}},
    {observable::trace_identity, {"experiment.t"}}};

}  // namespace symbreak::findings::score_spectrum
