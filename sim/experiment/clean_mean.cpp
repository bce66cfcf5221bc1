#include "sim/experiment/clean_mean.hpp"

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
    target::Posterior posterior = target_.posterior(x, betas);
    return {std::move(posterior.mean), VectorXd::Zero(x.cols()), std::move(posterior.entropy),
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
  return chains_ ? chains_->estimate(x, beta, sweeps_).mean : target_.mean(x, beta);
}

std::vector<std::uint64_t> CleanMean::save() const {
  return chains_ ? chains_->save() : std::vector<std::uint64_t>{};
}

void CleanMean::load(const std::vector<std::uint64_t>& state) {
  if (chains_) chains_->load(state);
}

}  // namespace symbreak::experiment
