// Integrals over the hypersphere S^{d-1} with weight exp(kappa u.e): the von Mises-Fisher law. Pure
// functions, d >= 1, kappa >= 0; relative error about 1e-14 for all kappa and d.
#pragma once

namespace symbreak::theory {

/// A_d(kappa) = <u.e> = I_{d/2}(kappa)/I_{d/2-1}(kappa) (Ambrogioni 2024, section 3.3).
double bessel_ratio(double d, double kappa);
/// dA_d/dkappa = Var(u.e) >= 0; absolute error 1e-16 A_d/kappa.
double bessel_ratio_slope(double d, double kappa);
/// log <exp(kappa u.e)> over the uniform law: log(Gamma(d/2) (2/kappa)^{d/2-1} I_{d/2-1}(kappa)).
double log_sphere_average(double d, double kappa);

/// Magnitude m of the self-consistent mean, m = r A_d(r m/s), on the sphere of radius r at noise s;
/// 0 above s_c = r^2/d.
double sphere_magnetization(double d, double radius, double noise);

}  // namespace symbreak::theory
