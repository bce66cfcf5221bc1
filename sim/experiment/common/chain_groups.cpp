#include "sim/experiment/common/chain_groups.hpp"

#include "sim/deck/key_forms.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment {

using target::MatrixXd;
using target::VectorXd;

std::unique_ptr<target::MonteCarloPosterior> ChainGroups::make(
    const target::Model& model, target::Index walkers, const random::Address& address) const {
  return used ? target::chains(*model.posterior, 2 * walkers, address, per_group) : nullptr;
}

MatrixXd ChainGroups::begin(target::MonteCarloPosterior& chains, const MatrixXd& y,
                            const MatrixXd& x, const VectorXd& betas) const {
  MatrixXd fields = x.replicate(1, 2);
  chains.plant(y.replicate(1, 2));
  if (burn_in > 0) chains.draw(fields, betas, burn_in);
  return fields;
}

double ChainGroups::updates() const {
  return 2 * static_cast<double>(per_group) * static_cast<double>(burn_in + rounds * 2 * sweeps);
}

ChainGroups chain_groups(const deck::Parameters& parameters, const target::Model& model) {
  const std::string& posterior = parameters.word("experiment.posterior");
  ChainGroups groups;
  groups.used = posterior == "chains" || (posterior == "auto" && !model.exact());
  refuse_if(!groups.used && !model.exact(), "experiment.posterior",
            "the posterior of this target is sampled, not summed: use chains (or auto)");
  if (groups.used && (model.posterior == nullptr || !target::chains(*model.posterior, 1, {}, 1))) {
    throw deck::KeyError("experiment.posterior", "this target has no posterior sampler");
  }
  groups.per_group = parameters.integer("experiment.chains");
  groups.rounds = parameters.integer("experiment.rounds");
  groups.sweeps = parameters.integer("experiment.sweeps");
  groups.burn_in = parameters.integer("experiment.burn_in");
  return groups;
}

std::vector<deck::Key> chain_group_keys() {
  return {
      deck::word_key("experiment", "posterior", "auto",
                     "what is asked of the posterior comes from its exact sum, or from chains",
                     {"auto", "exact", "chains"}),
      deck::used_with("posterior=auto|chains",
                      deck::count_key("experiment", "chains", "8",
                                      "chains in each of the two groups of a state", 1, 1e7)),
      deck::used_with("posterior=auto|chains",
                      deck::count_key("experiment", "rounds", "16",
                                      "measurements of the chains per state", 1, 1e7)),
      deck::used_with(
          "posterior=auto|chains",
          deck::count_key("experiment", "sweeps", "8", "sweeps between measurements", 1, 1e7)),
      deck::used_with("posterior=auto|chains",
                      deck::count_key("experiment", "burn_in", "64",
                                      "sweeps in which planted chains forget their datum", 0, 1e7)),
  };
}

}  // namespace symbreak::experiment
