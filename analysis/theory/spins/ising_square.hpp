// The square-lattice Ising model without field: what is known in closed form.
// May depend on: the standard library.
#pragma once
#include <cmath>

namespace symbreak::theory {

/// T_c = 2/log(1 + sqrt 2) in units of J (Onsager 1944). Energies and magnetizations: ising.hpp.
inline constexpr double kIsingSquareTc = 2.2691853142130219681;
/// Critical exponents of the 2-D Ising class.
inline constexpr double kIsingSquareGamma = 1.75, kIsingSquareNu = 1, kIsingSquareDelta = 15;

/// Distance from the critical point in the variable of Barouch, McCoy & Wu (1973),
/// tau = (1/s - s)/2, s = sinh(2J/T): odd in the exchange of T with its dual, which makes the
/// corrections of chi ~ tau^{-7/4}(1 + tau/2 + 5 tau^2/8 + ...) + const known (Orrick et al. 2001).
inline double ising_square_tau(double T) {
  const double s = std::sinh(2 / T);
  return (1 / s - s) / 2;
}

}  // namespace symbreak::theory
