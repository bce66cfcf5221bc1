// Exact posterior of the Curie-Weiss model in a site-dependent field. Plain data in and out.
#pragma once
#include <span>

namespace symbreak::kernel {

/// p(y) ~ exp( (K/2d) (sum y)^2 + sum_i field_i y_i ), y in {-1,1}^d (physics: K = J/T, field = b
/// x). Hubbard-Stratonovich: p is a mixture over xi of independent spins in fields xi + field_i
/// with density exp(-d xi^2/2K) prod_i 2 cosh(xi + field_i), integrated by the trapezoid rule,
/// which converges exponentially. Cost O(d x nodes). Fills mean[i] = <y_i> to 1e-12; returns log Z.
/// Any K >= 0 and finite fields. Throws std::invalid_argument for K < 0 or NaN, no spins, or a mean
/// of another size than the field.
double curie_weiss_mean(double K, std::span<const double> field, std::span<double> mean);

}  // namespace symbreak::kernel
