// Names of what reverse trajectories of lattice scores measure, for mode_softening and
// pattern_formation. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::lattice {

/// Per recorded noise level; M is the magnetization of the clean mean per site, k = 2 pi (j, 0)/L.
namespace observable {
inline constexpr verdict::ObservableName softening{"softening"};                  ///< -s v_k* J v_k
inline constexpr verdict::ObservableName state_structure{"state_structure"};      ///< S_x(k)/s
inline constexpr verdict::ObservableName pattern_structure{"pattern_structure"};  ///< S(k) of <y>
inline constexpr verdict::ObservableName magnetization_squared{"magnetization_squared"};
inline constexpr verdict::ObservableName magnetization_fourth{"magnetization_fourth"};
inline constexpr verdict::ObservableName local_variance{"local_variance"};  ///< mean Var_i(phi_0)
inline constexpr verdict::ObservableName gradient_term{"gradient_term"};
inline constexpr verdict::ObservableName score_norm{"score_norm"};  ///< s |score|^2/d
inline constexpr verdict::ObservableName antisymmetric_share{"antisymmetric_share"};
inline constexpr verdict::ObservableName pulse_response{"pulse_response"};  ///< q dM/dh, per pulse
// Of final images.
inline constexpr verdict::ObservableName mosaic_order{"mosaic_order"};  ///< (L/P)^2 M^2
inline constexpr verdict::ObservableName final_magnetization_squared{"final_magnetization_squared"};
inline constexpr verdict::ObservableName final_magnetization_fourth{"final_magnetization_fourth"};
inline constexpr verdict::ObservableName final_structure_axis{"final_structure_axis"};
inline constexpr verdict::ObservableName final_structure_radial{"final_structure_radial"};
inline constexpr verdict::ObservableName wall_density{"wall_density"};
inline constexpr verdict::ObservableName largest_domain{"largest_domain"};
inline constexpr verdict::ObservableName mean_domain_size{"mean_domain_size"};
inline constexpr verdict::ObservableName domain_size_law{"domain_size_law"};
inline constexpr verdict::ObservableName snapshots{"snapshots"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName window{"window"};          ///< P^2; absent: no windows
inline constexpr verdict::FactName noise_unit{"noise_unit"};  ///< lambda_max(C), without windows
/// Whether the windows are those of two uniform patches, for which reference values exist.
inline constexpr verdict::FactName uniform_patches{"uniform_patches"};
inline constexpr verdict::FactName lattice_side{"lattice_side"};
inline constexpr verdict::FactName last_noise{"last_noise"};
inline constexpr verdict::FactName noise{"noise"};  ///< of the recorded levels
}  // namespace fact

/// Axes of arrays of all lattice experiments.
inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::softening, {"noise", "wave"}},
    {observable::state_structure, {"noise", "wave"}},
    {observable::pattern_structure, {"noise", "wave"}},
    {observable::magnetization_squared, {"noise"}},
    {observable::magnetization_fourth, {"noise"}},
    {observable::local_variance, {"noise"}},
    {observable::gradient_term, {"noise"}},
    {observable::score_norm, {"noise"}},
    {observable::antisymmetric_share, {"noise"}},
    {observable::pulse_response, {"experiment.pulses"}},
    {observable::final_structure_axis, {"wave"}},
    {observable::final_structure_radial, {"wave"}},
    {observable::domain_size_law, {"size_class"}},
    {observable::snapshots, {"image", "row", "column"}}};

}  // namespace symbreak::findings::lattice
