// Names of what the equation of state records. May depend on: analysis/verdict/name.hpp.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::equation_of_state {

namespace observable {
inline constexpr verdict::ObservableName noise{"noise"};
inline constexpr verdict::ObservableName top_eigenvalue{"top_eigenvalue"};
inline constexpr verdict::ObservableName symmetric_branch{"symmetric_branch"};
inline constexpr verdict::ObservableName magnetization{"magnetization"};
inline constexpr verdict::ObservableName order_parameter{"order_parameter"};
inline constexpr verdict::ObservableName susceptibility{"susceptibility"};
inline constexpr verdict::ObservableName susceptibility_matrix{"susceptibility_matrix"};
inline constexpr verdict::ObservableName susceptibility_eigenvalues{"susceptibility_eigenvalues"};
inline constexpr verdict::ObservableName susceptibility_eigenvectors{"susceptibility_eigenvectors"};
/// Tables with one row per branch.
inline constexpr verdict::ObservableName branches{"branches"};
inline constexpr verdict::ObservableName branch_eigenvalue{"branch_eigenvalue"};
inline constexpr verdict::ObservableName branch_unstable{"branch_unstable"};
inline constexpr verdict::ObservableName branch_free_energy{"branch_free_energy"};
inline constexpr verdict::ObservableName branch_potential{"branch_potential"};
/// Of even targets without a field only.
inline constexpr verdict::ObservableName landau{"landau"};
inline constexpr verdict::ObservableName isotherm{"isotherm"};
inline constexpr verdict::ObservableName landscape_axis{"landscape_axis"};
inline constexpr verdict::ObservableName landscape{"landscape"};
/// Of points in the plane with one order axis u_1: over u_1 and what is perpendicular to it.
inline constexpr verdict::ObservableName landscape_plane{"landscape_plane"};
inline constexpr verdict::ObservableName landscape_plane_axis{"landscape_plane_axis"};
inline constexpr verdict::ObservableName branches_across{"branches_across"};
inline constexpr verdict::ObservableName clone_probability{"clone_probability"};
}  // namespace observable

namespace prediction {
/// Of the deck's criterion.
inline constexpr verdict::PredictionName critical_time{"critical_time"};
inline constexpr verdict::PredictionName theta_critical{"theta_critical"};
/// Below it the symmetric branch is stable again.
inline constexpr verdict::PredictionName critical_time_lower{"critical_time_lower"};
/// Whatever the deck's criterion.
inline constexpr verdict::PredictionName critical_time_score{"critical_time_score"};
inline constexpr verdict::PredictionName critical_time_drift{"critical_time_drift"};
inline constexpr verdict::PredictionName critical_time_speciation{"critical_time_speciation"};
inline constexpr verdict::PredictionName critical_time_clone{"critical_time_clone"};
inline constexpr verdict::PredictionName exponent_beta{"exponent_beta"};
inline constexpr verdict::PredictionName exponent_gamma{"exponent_gamma"};
inline constexpr verdict::PredictionName exponent_gamma_prime{"exponent_gamma_prime"};
inline constexpr verdict::PredictionName exponent_delta{"exponent_delta"};
inline constexpr verdict::PredictionName amplitude_ratio{"amplitude_ratio"};
inline constexpr verdict::PredictionName magnetization_amplitude{"magnetization_amplitude"};
inline constexpr verdict::PredictionName spinodal_time{"spinodal_time"};
inline constexpr verdict::PredictionName coexistence_time{"coexistence_time"};
inline constexpr verdict::PredictionName tricritical_time{"tricritical_time"};
inline constexpr verdict::PredictionName tricritical_w0{"tricritical_w0"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::symmetric_branch, {"order_axis"}},
    {observable::order_parameter, {"order_axis"}},
    {observable::susceptibility_matrix, {"order_axis", "field_axis"}},
    {observable::susceptibility_eigenvalues, {"eigenvalue"}},
    {observable::susceptibility_eigenvectors, {"order_axis", "eigenvalue"}},
    {observable::branches, {"branch", "order_axis"}},
    {observable::branch_eigenvalue, {"branch"}},
    {observable::branch_unstable, {"branch"}},
    {observable::branch_free_energy, {"branch"}},
    {observable::branch_potential, {"branch"}},
    {observable::landau, {"term"}},
    {observable::isotherm, {"experiment.isotherm"}},
    {observable::landscape_axis, {"grid"}},
    {observable::landscape, {"landscape_axis", "landscape_axis"}},
    {observable::landscape_plane_axis, {"grid"}},
    {observable::landscape_plane, {"landscape_plane_axis", "landscape_plane_axis"}},
    {observable::branches_across, {"branch"}}};

}  // namespace symbreak::findings::equation_of_state
