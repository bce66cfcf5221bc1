// Exact results of Ising models without diffusion: the references of the targets and decks. Pure
// functions, J > 0, units of J = k_B = 1 unless K = J/T is the argument.
#pragma once

namespace symbreak::theory {

// --- square lattice ---------------------------------------------------------------------------
/// T_c = 2/log(1 + sqrt 2) = 2.26918531421302196..., J = 1 (Kramers & Wannier 1941; Onsager 1944).
double ising2d_critical_temperature();
/// m* = (1 - sinh(2/T)^-4)^(1/8) below T_c, 0 above (Onsager 1949; Yang 1952).
double ising2d_spontaneous_magnetization(double T);
/// Energy per site of the infinite lattice (Onsager 1944), by its elliptic integral.
double ising2d_energy(double T);
/// Energy per site of the periodic L x L lattice: -d(log Z)/d(1/T)/L^2 of Kaufman's partition
/// function (Phys. Rev. 76, 1232 (1949), eq. 50; Ferdinand & Fisher 1969). O(L), exact to rounding
/// at every T > 0, T_c included.
double ising2d_torus_energy(int L, double T);
/// log Z of the same, per site.
double ising2d_torus_log_partition(int L, double T);
/// lim <M^2>/(N L^(7/4)) of the L x L torus at T_c, known to the four digits given, 1.0921 (Salas &
/// Sokal, J. Stat. Phys. 98, 551 (2000)): the amplitude of sigma^2 t_c at the target's own critical
/// point.
double ising2d_critical_susceptibility_amplitude();
/// <M^2>/N of the infinite lattice above T_c, near it, with r = 1 - T_c/T:
/// 0.9625817322 r^(-7/4) + 0.0749881538 r^(-3/4) - 0.104133245 (Barouch, McCoy & Wu, Phys. Rev.
/// Lett. 31, 1409 (1973)); 2 % off at T = 4.
double ising2d_susceptibility(double T);
/// Correlation length along an axis above T_c, from the decay of correlations:
/// xi = 1/(log coth(1/T) - 2/T) (Onsager 1944). The second-moment one is close to 1/(2 sinh(1/(2
/// xi))), and 4e-4 smaller at T_c.
double ising2d_correlation_length(double T);
/// Second-moment correlation length sqrt(S(0)/S(k) - 1)/(2 sin(k/2)), k = 2 pi/L (Cooper, Freedman
/// & Preston 1982).
double second_moment_length(double S_zero, double S_k, double k);

// --- chain ------------------------------------------------------------------------------------
/// <M^2>/d of d spins at coupling K without a field, t = tanh K. Periodic:
/// (1+t)/(1-t) (1-t^d)/(1+t^d); open: (1+t)/(1-t) - 2t(1-t^d)/(d(1-t)^2).
double ising_chain_second_moment(int d, double K, bool periodic);
/// <y_i y_(i+r)>, without a field. Periodic: (t^r + t^(d-r))/(1+t^d); open: t^r.
double ising_chain_correlation(int d, double K, bool periodic, int r);
/// The largest eigenvalue of C_ij = t^|i-j|, |t| < 1, the open chain's covariance (Kac, Murdock &
/// Szego 1953): (1-t^2)/(1-2|t| cos theta+t^2), its eigenvector cos(theta (i-(d-1)/2)) (times
/// (-1)^i where t < 0), theta in (0, pi/(d+1)] the root of cos(theta(d+1)/2) = |t|
/// cos(theta(d-1)/2).
double open_chain_wave_number(int d, double t);
double open_chain_largest_eigenvalue(int d, double t);
/// Magnetization of the infinite chain in the field h (h = H/T): sinh h/sqrt(sinh^2 h + exp(-4K)).
double ising_chain_magnetization(double K, double h);

}  // namespace symbreak::theory
