// What a discrete channel leaves unknown of +-1 spins, as exact functions of its signal.
// May depend on: Eigen, the standard library.
//
// A channel acts on every spin by itself, and its strength is one number, the signal u in [0, 1]:
//   erase  a spin is kept with probability u = 1 - e, else it is masked
//   flip   a spin is turned over with probability p, u = theta = 1 - 2p
// Composition multiplies signals, and u = e^{-t} where spins are erased, or drawn anew, at rate 1.
// H(u) = H(y|x), nats, falls from H(Y) at u = 0 to 0 at u = 1, at the rate (I-MMSE of the channels)
//   erase  -dH/du = sum_i E H(y_i | the others kept with probability u)
//   flip   -dH/du = sum_i E[atanh u - mu_i atanh(u mu_i)],  mu_i = E(y_i | x_j, j != i)
// so that the integral of the rate over u is H(Y).
#pragma once
#include <Eigen/Core>
#include <memory>
#include <optional>
#include <vector>

namespace symbreak::theory {

/// Natural logarithms: -p ln p - (1-p) ln(1-p).
double binary_entropy_of(double p);
/// Probabilities of k = 0 .. n successes.
Eigen::VectorXd binomial_law(Eigen::Index n, double p);

class ChannelCurve {
 public:
  virtual ~ChannelCurve() = default;
  virtual double entropy(double signal) const = 0;  ///< H(y|x), nats
  virtual double rate(double signal) const = 0;     ///< -dH/du, nats
  /// Two clones drawn from the posterior of one x have M of the same sign. `shared`: M = 0 belongs
  /// half to each sign; else it is a class of its own.
  virtual std::optional<double> clones(double signal, bool shared) const {
    (void)signal;
    (void)shared;
    return std::nullopt;
  }
  /// (1/d) sum_i E<y_i>^2.
  virtual std::optional<double> overlap(double signal) const {
    (void)signal;
    return std::nullopt;
  }
  double data_entropy() const { return entropy(0); }
};

/// Signal at which clones (M = 0 shared) agree with this probability, by bisection; nullopt where
/// the curve does not know, or does not pass it.
std::optional<double> signal_of_clones(const ChannelCurve& curve, double probability);

// --- the laws of which the curve is known --------------------------------------------------------

/// Erasure of spins of which the magnetization says all (Curie-Weiss): P(M), M = -d, -d + 2, .., d,
/// of an exchangeable law. O(d^2) once, with classes O(d^3); O(d) per signal.
std::unique_ptr<ChannelCurve> erased_exchangeable(const Eigen::VectorXd& law);
/// The same for flips: O(d^3) per signal.
std::unique_ptr<ChannelCurve> flipped_exchangeable(const Eigen::VectorXd& law);

/// Erasure of 2^d states (spin i up: bit i), by their marginals on all 3^d sets: seconds at d = 17.
std::unique_ptr<ChannelCurve> erased_states(const Eigen::VectorXd& probability);
/// The same for flips: d 2^d per signal.
std::unique_ptr<ChannelCurve> flipped_states(const Eigen::VectorXd& probability);

/// Erasure of a chain p(y) ~ prod_i exp(K_i y_i y_{i+1} + h_i y_i), the last bond closing the ring
/// (0: open). Between two kept neighbours at distance n the chain is free, so that
///   -E log p(kept) = log Z - sum over such pairs of E log W(i, i + n),
/// W the product of transfer matrices: a polynomial in e. O(d^2) once, O(d) per signal.
std::unique_ptr<ChannelCurve> erased_chain(const std::vector<double>& couplings,
                                           const std::vector<double>& fields);

}  // namespace symbreak::theory
