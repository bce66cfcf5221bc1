#include "sim/experiment/common/clean_mean.hpp"

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment {

using target::MatrixXd;
using target::VectorXd;

void CleanMean::plant(const target::States& y) {
  if (chains_) chains_->plant(y);
}

void CleanMean::equilibrate(const target::States& x, double s, Index sweeps) {
  if (chains_ && sweeps > 0) chains_->draw(x, VectorXd::Constant(x.cols(), 1 / s), sweeps);
}

CleanMean::Evaluation CleanMean::evaluate(const target::States& x, double s) {
  const VectorXd betas = VectorXd::Constant(x.cols(), 1 / s);
  if (!chains_) {
    target::Averages found;
    if (posterior_ != nullptr) {
      found = posterior_->averages(x, betas);
    } else {
      found.mean = denoiser_.mean(x, betas);
      found.entropy = VectorXd::Constant(x.cols(), NAN);
    }
    return {std::move(found.mean), VectorXd::Zero(x.cols()), std::move(found.entropy),
            VectorXd::Ones(x.cols())};
  }
  auto estimate = chains_->estimate(x, betas, sweeps_);
  const VectorXd error =
      estimate.variance.colwise().sum().transpose() / static_cast<double>(x.rows());
  return {std::move(estimate.mean), error, VectorXd::Constant(x.cols(), NAN),
          std::move(estimate.r_hat)};
}

MatrixXd CleanMean::draw(const target::States& x, double s) {
  return chains_->draw(x, VectorXd::Constant(x.cols(), 1 / s), sweeps_);
}

MatrixXd CleanMean::mean(const target::States& x, const target::Betas& beta) const {
  return chains_ ? chains_->estimate(x, beta, sweeps_).mean : denoiser_.mean(x, beta);
}

std::vector<std::uint64_t> CleanMean::save() const {
  return chains_ ? chains_->save() : std::vector<std::uint64_t>{};
}

void CleanMean::load(const std::vector<std::uint64_t>& state) {
  if (chains_) chains_->load(state);
}

CleanMean ScoreSource::make(const target::Model& model, Index walkers,
                            const random::Address& address) const {
  if (!chains) return CleanMean(*model.denoiser);
  return CleanMean(*model.denoiser, target::chains(*model.posterior, walkers, address), sweeps);
}

ScoreSource score_source(const deck::Parameters& parameters, const target::Model& model,
                         bool draws) {
  const std::string& score = parameters.word("experiment.score");
  ScoreSource source;
  source.chains = score == "chains" || (score == "auto" && (draws || !model.exact()));
  refuse_if(draws && !source.chains, "experiment.score",
            "bridge_sample draws from the posterior: use score = chains (or auto)");
  refuse_if(!source.chains && !model.exact(), "experiment.score",
            "the posterior mean of this target has no closed form: use score = chains (or auto)");
  if (source.chains && (model.posterior == nullptr || !target::chains(*model.posterior, 1, {}))) {
    throw deck::KeyError("experiment.score", "this target has no posterior sampler");
  }
  source.sweeps = parameters.integer("experiment.sweeps");
  source.burn_in = parameters.integer("experiment.burn_in");
  return source;
}

std::vector<deck::Key> score_keys() {
  return {
      deck::word_key("experiment", "score", "auto",
                     "the clean mean by the exact posterior or by Markov chains that follow each "
                     "trajectory; auto: exact where it can be",
                     {"auto", "exact", "chains"}),
      deck::used_with(
          "score=auto|chains",
          deck::count_key("experiment", "sweeps", "8",
                          "sweeps per chain and evaluation of a sampled score", 1, 1e7)),
      deck::used_with("score=auto|chains",
                      deck::count_key("experiment", "burn_in", "32",
                                      "sweeps of a sampled score before the first step", 0)),
  };
}

}  // namespace symbreak::experiment
