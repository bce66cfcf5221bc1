// Gradient flow of the read-out of random features at one noise level, solved exactly.
// May depend on: features.hpp, sim/target/spectrum.hpp.
//
//   D(x) = a x + b_o A phi(x),  T = (y - a x)/b_o,  loss l = E|T - A phi|^2/d,
//   dA/dtau = V - A (U + ridge),  A(0) = 0,  U = E phi phi^T,  V = E T phi^T,
// so that E|y - D|^2/d = b_o^2 l. With U = Q diag(lambda) Q^T and G = V Q,
//   A(tau) = G f Q^T,  f_k = (1 - e^{-(lambda_k + ridge) tau})/(lambda_k + ridge)
// (Bonnaire, Urfin, Biroli & Mezard 2025; the unit of their time is d/(2 Delta) of ours).
#pragma once
#include <string>

#include "sim/target/random_features/features.hpp"

namespace symbreak::target::feature_flow {

/// What the network adds to: `edm` the denoiser of a Gaussian of the data's variance v, `noise` the
/// noisy state (the network estimates z), `none` nothing.
enum class Parametrisation { edm, noise, none };
Parametrisation parametrisation_named(const std::string& word);

/// a and b_o.
struct Skip {
  double state = 0, output = 1;
};
Skip skip(Parametrisation parametrisation, double noise, double variance);

/// E T phi^T and E|T|^2/d.
struct Targets {
  MatrixXd features;  ///< V, d x p
  double square = 0;  ///< t2: the loss before training
};
Targets targets(const Moments& moments, const Skip& skip, double noise);

/// The solution for all training times. Modes under the floor 4e-16 p lambda_max are rounding
/// errors of the decomposition and never learned; `dropped` counts them.
struct Flow {
  VectorXd rates{};  ///< lambda, ascending
  MatrixXd modes{};  ///< Q, p x p
  MatrixXd along{};  ///< G = V Q, d x p
  double square = 0, ridge = 0;
  Index dropped = 0;

  /// f_k(tau); tau = infinity: 1/(lambda_k + ridge).
  VectorXd factors(double tau) const;
  /// A(tau), d x p.
  MatrixXd read_out(double tau) const;
  /// l(tau) on the data it is trained on.
  double train_loss(double tau) const;
  std::size_t memory() const {
    return sizeof(double) * static_cast<std::size_t>(modes.size() + along.size() + rates.size());
  }
};
/// Cost: the eigenvectors of a p x p matrix, about 9 p^3.
Flow solve(const MatrixXd& features, const Targets& targets, double ridge);

/// l(tau) on other data, l = t2 + [f M f - 2 f.w]/d: p^2 per training time after 4 p^3 once.
class TestLoss {
 public:
  TestLoss(const Flow& flow, const Moments& moments, const Targets& targets);
  double at(double tau) const;

 private:
  const Flow& flow_;
  double square_, dimension_;
  MatrixXd pairs_;   ///< (G^T G) o (Q^T U_pop Q)
  VectorXd linear_;  ///< diagonal of G^T V_pop Q
};

}  // namespace symbreak::target::feature_flow
