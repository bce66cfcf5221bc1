// Largest eigenvalue of the covariance of disordered mean-field magnets above their transition, in
// the limit of many spins. May depend on: the standard library.
//
// In the paramagnet C = (z - K J)^{-1} with J the coupling matrix, K = 1/T, and z fixed by
// C_ii = 1 (Thouless, Anderson & Palmer 1977; Plefka 1982; for other rotationally invariant J
// Parisi & Potters 1995): z = 1 + K R(K), R the R-transform of the spectrum of J.
#pragma once

namespace symbreak::theory {

/// Sherrington-Kirkpatrick, <J_ij^2> = 1/N, T > 1: R(K) = K, lambda_max(J) = 2:
/// lambda_max(C) = 1/(1 - K)^2.
double sherrington_kirkpatrick_eigenvalue(double T);

/// Hopfield, J = xi xi^T/N without diagonal, alpha = P/N patterns per spin, T > 1 + sqrt(alpha):
/// R(K) = alpha/(1 - K) - alpha, lambda_max(J) = 1 + 2 sqrt(alpha) (Marchenko & Pastur 1967):
/// 1/lambda_max(C) = 1 + alpha K^2/(1 - K) - K (1 + 2 sqrt(alpha)).
double hopfield_eigenvalue(double T, double alpha);

}  // namespace symbreak::theory
