// Names of what `mode_softening` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/lattice_observables.hpp"

namespace symbreak::findings::mode_softening {

namespace observable {
using namespace lattice::observable;  // trajectories
// noiseless
inline constexpr verdict::ObservableName mode_margin{"mode_margin"};      ///< 1 - beta c_k at x = 0
inline constexpr verdict::ObservableName magnetization{"magnetization"};  ///< m of m = f(m)
inline constexpr verdict::ObservableName susceptibility{"susceptibility"};  ///< dm/dh
inline constexpr verdict::ObservableName mass{"mass"};          ///< r of -lambda(k) = r + c k^2
inline constexpr verdict::ObservableName gradient{"gradient"};  ///< c of the same
inline constexpr verdict::ObservableName correlation_length{"correlation_length"};
inline constexpr verdict::ObservableName critical_isotherm{"critical_isotherm"};  ///< m(h)
// equilibrium: moments of the magnetization M of the clean mean per site
inline constexpr verdict::ObservableName m_abs{"m_abs"};
inline constexpr verdict::ObservableName m2{"m2"};
inline constexpr verdict::ObservableName m4{"m4"};
inline constexpr verdict::ObservableName structure{"structure"};  ///< S(0), S(2 pi/L)
}  // namespace observable

namespace fact {
using namespace lattice::fact;
inline constexpr verdict::FactName signal_to_noise{"signal_to_noise"};  ///< q = P^2/s
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName critical_time{"critical_time"};    ///< of mode 0
inline constexpr verdict::PredictionName mode_threshold{"mode_threshold"};  ///< t_c of mode (1, 0)
inline constexpr verdict::PredictionName correlation_amplitude{"correlation_amplitude"};
}  // namespace prediction

/// Axes of its arrays, beside those of all lattice experiments.
inline const std::vector<verdict::ArrayAxes> branch_axes = {
    {observable::mode_margin, {"wave"}},
    {observable::critical_isotherm, {"experiment.isotherm"}},
    {observable::structure, {"wave"}}};

}  // namespace symbreak::findings::mode_softening
