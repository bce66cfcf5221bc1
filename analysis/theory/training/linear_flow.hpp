// Linear denoisers D = A x under gradient flow, in closed form. May depend on: Boost.Math, Eigen.
//
// Data of covariance C with eigenvalues lambda, noise s, dA/dtau = C - A (C + s), A(0) = 0:
//   A = lambda/(lambda + s) (1 - e^{-(lambda + s) tau})
// per mode: it is learned at tau = 1/(lambda + s), not 1/lambda (Wang & Pehlevan 2025).
#pragma once
#include <Eigen/Core>

namespace symbreak::theory {

/// A of one mode.
double linear_read_out(double lambda, double noise, double tau);

/// E|y - A x|^2/d on the training set.
double linear_train_loss(const Eigen::VectorXd& lambda, double noise, double tau);
/// The same on a law of covariance `population` (d x d), whose mean is that of the training set.
/// `axes`: eigenvectors of C.
double linear_test_loss(const Eigen::VectorXd& lambda, const Eigen::MatrixXd& axes,
                        const Eigen::MatrixXd& population, double noise, double tau);

/// Var(s0)/Var(s1) of one mode that the probability flow of this denoiser takes from s1 to s0:
/// (lambda + s0)/(lambda + s1) exp{-e^{-lambda tau}[E1(s0 tau) - E1(s1 tau)]
///                                 + E1((lambda + s0) tau) - E1((lambda + s1) tau)}.
double linear_flow_ratio(double lambda, double from, double to, double tau);
/// Var(s0) of the reverse stochastic process, dVar/ds = 2(1 - A) Var/s - 1, begun with `variance`
/// at s1: quadrature over ln s, relative error 1e-10.
double linear_process_variance(double lambda, double from, double to, double tau, double variance);

}  // namespace symbreak::theory
