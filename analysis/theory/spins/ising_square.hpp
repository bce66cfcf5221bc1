// The square-lattice Ising model without field: what is known in closed form.
// May depend on: the standard library.
#pragma once

namespace symbreak::theory {

/// T_c = 2/log(1 + sqrt 2) in units of J (Onsager 1944). Energies and magnetizations: ising.hpp.
inline constexpr double kIsingSquareTc = 2.2691853142130219681;
/// Critical exponents of the 2-D Ising class.
inline constexpr double kIsingSquareGamma = 1.75, kIsingSquareNu = 1, kIsingSquareDelta = 15;
/// <M^2>/(N L^{7/4}) at T_c on L x L tori, L -> infinity (Salas & Sokal 2000).
inline constexpr double kIsingSquareCriticalAmplitude = 1.0921;

/// Distance from the critical point in the variable of Barouch, McCoy & Wu (1973),
/// tau = (1/s - s)/2, s = sinh(2J/T): odd in the exchange of T with its dual, which makes the
/// corrections of chi ~ tau^{-7/4}(1 + tau/2 + 5 tau^2/8 + ...) + const known (Orrick et al. 2001).
double ising_square_tau(double T);

}  // namespace symbreak::theory
