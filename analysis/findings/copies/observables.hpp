// Names of what coupled copies record. May depend on: analysis/verdict/name.hpp.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::copies {

namespace observable {
inline constexpr verdict::ObservableName order_parameter{"order_parameter"};
inline constexpr verdict::ObservableName m_abs{"m_abs"};  ///< |m|
inline constexpr verdict::ObservableName m2{"m2"};        ///< |m|^2
inline constexpr verdict::ObservableName m4{"m4"};        ///< |m|^4
/// The same by component, where there are several.
inline constexpr verdict::ObservableName component_m2{"component_m2"};
inline constexpr verdict::ObservableName component_m4{"component_m4"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName components{"components"};
/// n beta |u|^2, between the variance of m and chi.
inline constexpr verdict::FactName fluctuation_factor{"fluctuation_factor"};
/// <M^2>/N of a law of M that was measured first and then drawn from.
inline constexpr verdict::FactName law_second_moment{"law_second_moment"};
inline constexpr verdict::FactName law_second_moment_error{"law_second_moment_error"};
/// Of the zero-dimensional phi^4 integral.
inline constexpr verdict::FactName landau_quadratic{"landau_quadratic"};
inline constexpr verdict::FactName landau_quartic{"landau_quartic"};
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName critical_time{"critical_time"};
inline constexpr verdict::PredictionName exponent_beta{"exponent_beta"};
inline constexpr verdict::PredictionName exponent_gamma{"exponent_gamma"};
inline constexpr verdict::PredictionName exponent_gamma_prime{"exponent_gamma_prime"};
inline constexpr verdict::PredictionName exponent_delta{"exponent_delta"};
inline constexpr verdict::PredictionName exponent_nu_bar{"exponent_nu_bar"};
inline constexpr verdict::PredictionName exponent_beta_over_nu_bar{"exponent_beta_over_nu_bar"};
inline constexpr verdict::PredictionName amplitude_ratio{"amplitude_ratio"};
inline constexpr verdict::PredictionName binder_crossing{"binder_crossing"};
/// <|m|^2> sqrt(n) at the critical time.
inline constexpr verdict::PredictionName critical_amplitude{"critical_amplitude"};
inline constexpr verdict::PredictionName law_second_moment_exact{"law_second_moment_exact"};
inline constexpr verdict::PredictionName law_second_moment_exact_error{
    "law_second_moment_exact_error"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {{observable::order_parameter, {"component"}},
                                                     {observable::component_m2, {"component"}},
                                                     {observable::component_m4, {"component"}}};

}  // namespace symbreak::findings::copies
