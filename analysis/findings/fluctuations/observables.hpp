// Names of what is measured on clean spins, besides those of common/spin_observables.hpp.
// May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/spin_observables.hpp"

namespace symbreak::findings::fluctuations {

namespace observable {
using spin::observable::energy;
using spin::observable::magnetization_abs;
using spin::observable::magnetization_fourth;
using spin::observable::magnetization_second;  ///< improved where there are clusters
inline constexpr verdict::ObservableName magnetization_square{"magnetization_square"};  ///< plain
inline constexpr verdict::ObservableName structure_factor{"structure_factor"};
inline constexpr verdict::ObservableName covariance_eigenvalue{"covariance_eigenvalue"};
inline constexpr verdict::ObservableName covariance_eigenvalue_excess{
    "covariance_eigenvalue_excess"};
inline constexpr verdict::ObservableName chains_r_hat{"chains_r_hat"};
}  // namespace observable

namespace fact {
using spin::fact::sites;
}  // namespace fact

namespace prediction {
using spin::prediction::energy_exact;
inline constexpr verdict::PredictionName critical_time{"critical_time"};
inline constexpr verdict::PredictionName eigenvalue_limit{"eigenvalue_limit"};  ///< N -> infinity
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::structure_factor, {"wave"}}};

}  // namespace symbreak::findings::fluctuations
