// The Gibbs measure of the clean datum given a noisy one,
//     p(y | x) = phi(y) exp(-beta |y|^2/2 + beta x.y) / Z(x, beta)
// (Ambrogioni 2024, eqs. 6-10 with the signs of eq. 7), F = -log(Z)/beta, <y> = -grad F.
// May depend on: denoiser.hpp, sim/random.
#pragma once
#include <cstdint>
#include <memory>

#include "sim/random/stream.hpp"
#include "sim/target/denoiser.hpp"

namespace symbreak::target {

/// Everything one evaluation of a posterior gives. Entries that do not exist are NaN:
/// participation, largest_weight, entropy and heaviest belong to targets with discrete support.
struct Averages {
  MatrixXd mean;            ///< d x walkers
  VectorXd log_partition;   ///< log Z(x, beta), nats
  VectorXd participation;   ///< Y = sum_j w_j^2
  VectorXd largest_weight;  ///< max_j w_j
  VectorXd entropy;         ///< -sum_j w_j log w_j, nats
  /// argmax_j w_j. Of weights that are alike to rounding one, by x alone: P(y = y_j | x) is w_j.
  Eigen::Matrix<Index, Eigen::Dynamic, 1> heaviest = {};
};

/// A posterior that is sampled, not summed: for every walker (column) a number of independent
/// Markov chains in its field, kept from call to call, so that fields that change slowly stay
/// equilibrated. A deterministic function of the address it was made with and of the calls since.
class MonteCarloPosterior {
 public:
  virtual ~MonteCarloPosterior() = default;
  /// Chains per walker.
  virtual Index chains() const = 0;
  /// Makes the clean states y (d x walkers) the current ones, of all chains of their walker. The y
  /// behind a planted x = y + noise is an exact draw from p(y | x): it needs no burn-in.
  virtual void plant(const States& y) = 0;
  struct Estimate {
    MatrixXd mean;      ///< <y>, d x walkers
    MatrixXd variance;  ///< squared standard error of each entry of `mean`, from the chains' spread
    VectorXd r_hat;     ///< walkers; the largest split R-hat of what was watched, 1 when converged
  };
  /// Moves the chains to the fields beta x and estimates <y> from `sweeps` sweeps of each.
  virtual Estimate estimate(const States& x, const Betas& beta, Index sweeps) = 0;
  /// Moves the chains by `sweeps` sweeps in the fields beta x: the states of the first chain of
  /// each walker, d x walkers.
  virtual MatrixXd draw(const States& x, const Betas& beta, Index sweeps) = 0;
  /// The same, but the sum of the states of all chains of a walker, d x walkers: with n chains, the
  /// sum of n copies that share the field.
  virtual MatrixXd draw_sums(const States& x, const Betas& beta, Index sweeps) = 0;
  /// The same, but each spin replaced by its mean given all others of its chain: less variance, and
  /// no rare events where a spin hardly ever turns. What is no spin: draw_sums.
  virtual MatrixXd draw_means(const States& x, const Betas& beta, Index sweeps) {
    return draw_sums(x, beta, sweeps);
  }
  /// The whole state, for checkpoints.
  virtual std::vector<std::uint64_t> save() const = 0;
  virtual void load(const std::vector<std::uint64_t>& state) = 0;
};

class Posterior {
 public:
  virtual ~Posterior() = default;
  /// False when `averages` and the denoiser's mean and Jacobian are out of reach (they throw then)
  /// and only `monte_carlo` is left.
  virtual bool exact() const { return true; }
  virtual Averages averages(const States& x, const Betas& beta) const = 0;
  /// P(class | x), classes x walkers.
  virtual MatrixXd class_probabilities(const States& x, const Betas& beta) const {
    (void)beta;
    return MatrixXd::Ones(1, x.cols());
  }
  /// Exact draw of sum_{a=1..n} y_a and sum_a |y_a|^2, y_a independent posterior samples in the
  /// field beta*x (the copies ensemble). Cost must not grow with n for finite support
  /// (multinomial counts); O(n) only where nothing better exists.
  struct CopySum {
    VectorXd sum;             ///< d
    double squared_norm = 0;  ///< sum_a |y_a|^2
  };
  virtual CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                              random::Stream& stream) const = 0;
  /// Chains for so many walkers, `chains` of them for each (0: the sampler's choice); nullptr where
  /// the target has no sampler of its own.
  virtual std::unique_ptr<MonteCarloPosterior> monte_carlo(Index walkers,
                                                           const random::Address& address,
                                                           Index chains = 0) const {
    (void)walkers;
    (void)address;
    (void)chains;
    return nullptr;
  }
};

}  // namespace symbreak::target
