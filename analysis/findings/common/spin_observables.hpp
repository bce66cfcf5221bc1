// Names of what is measured on configurations of spins, and of what is known about them.
// May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::spin {

namespace observable {
inline constexpr verdict::ObservableName energy{"energy"};                              ///< E/N
inline constexpr verdict::ObservableName magnetization_abs{"magnetization_abs"};        ///< |M|/N
inline constexpr verdict::ObservableName magnetization_second{"magnetization_second"};  ///< M^2/N
inline constexpr verdict::ObservableName magnetization_fourth{"magnetization_fourth"};  ///< M^4/N^2
/// W_1 of the law of M/N, or E/N, of generated and exact samples minus that of two exact sets.
inline constexpr verdict::ObservableName wasserstein_1_magnetization_excess{
    "wasserstein_1_magnetization_excess"};
inline constexpr verdict::ObservableName wasserstein_1_energy_excess{"wasserstein_1_energy_excess"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName sites{"sites"};
/// Of the torus with equal ferromagnetic couplings and no field that the spins live on.
inline constexpr verdict::FactName torus_dimension{"torus_dimension"};
}  // namespace fact

/// Exact values of the above; binder: U4 = 1 - <M^4>/(3 <M^2>^2).
namespace prediction {
inline constexpr verdict::PredictionName energy_exact{"energy_exact"};
inline constexpr verdict::PredictionName magnetization_abs_exact{"magnetization_abs_exact"};
inline constexpr verdict::PredictionName magnetization_second_exact{"magnetization_second_exact"};
inline constexpr verdict::PredictionName binder_exact{"binder_exact"};
}  // namespace prediction

}  // namespace symbreak::findings::spin
