// Where a reverse trajectory gets its clean mean <y> from: the denoiser, or Markov chains,
// one per walker, that follow the trajectory. May depend on: sim/target, sim/deck.
//
// A sampled mean carries a statistical error of variance v per coordinate. In a bridge step
// x' = <y> + (x - <y>) s'/s + ... it enters as extra noise of variance (1 - s'/s)^2 v, independent
// of the Wiener increment. The exact reverse kernel has <y> replaced by one posterior sample y
// (given y and x the state x' is a Brownian bridge), hence a variance (1 - s'/s)^2 Var(y|x) that
// the mean leaves out: n independent samples have v = Var(y|x)/n, so the mean of n makes 1 - 1/n of
// the step error of the exact mean, and `draw` (n = 1) makes none at any step size.
#pragma once
#include <memory>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

using Eigen::Index;

class CleanMean final : public target::Denoiser {
 public:
  /// The denoiser itself.
  explicit CleanMean(const target::Denoiser& denoiser)
      : denoiser_(denoiser), posterior_(target::part<target::Posterior>(denoiser)) {}
  /// Chains, `sweeps` sweeps per evaluation.
  CleanMean(const target::Denoiser& denoiser, std::unique_ptr<target::MonteCarloPosterior> chains,
            Index sweeps)
      : denoiser_(denoiser), chains_(std::move(chains)), sweeps_(sweeps) {}

  bool sampled() const { return chains_ != nullptr; }
  /// Sets the current states of the chains, if there are any.
  void plant(const target::States& y);
  /// Moves the chains in the fields x/s without measuring.
  void equilibrate(const target::States& x, double s, Index sweeps);

  struct Evaluation {
    target::MatrixXd mean;     ///< <y> or its estimate
    target::VectorXd error;    ///< sum_i Var(mean_i)/d per walker; 0 when exact
    target::VectorXd entropy;  ///< nats; NaN when not known
    target::VectorXd r_hat;    ///< per walker; 1 when exact
  };
  Evaluation evaluate(const target::States& x, double s);
  /// One posterior sample per walker after `sweeps` sweeps. Needs chains.
  target::MatrixXd draw(const target::States& x, double s);

  // Denoiser: the second evaluation of two-stage samplers. Moves the chains.
  Index dimension() const override { return denoiser_.dimension(); }
  target::MatrixXd mean(const target::States& x, const target::Betas& beta) const override;
  target::MatrixXd jacobian_product(const target::States& x, const target::Betas& beta,
                                    const target::States& v) const override {
    return denoiser_.jacobian_product(x, beta, v);
  }

  std::vector<std::uint64_t> save() const;
  void load(const std::vector<std::uint64_t>& state);

 private:
  const target::Denoiser& denoiser_;
  const target::Posterior* posterior_ = nullptr;  // which knows the entropy as well
  std::unique_ptr<target::MonteCarloPosterior> chains_;
  Index sweeps_ = 0;
};

/// experiment.score, sweeps, burn_in: which of the two it is.
struct ScoreSource {
  bool chains = false;  ///< the clean mean is sampled, not summed
  Index sweeps = 0, burn_in = 0;

  CleanMean make(const target::Model& model, Index walkers, const random::Address& address) const;
};

/// `draws`: single posterior samples are asked for. Throws deck::KeyError where the target has no
/// such posterior.
ScoreSource score_source(const deck::Parameters& parameters, const target::Model& model,
                         bool draws = false);
std::vector<deck::Key> score_keys();

}  // namespace symbreak::experiment
