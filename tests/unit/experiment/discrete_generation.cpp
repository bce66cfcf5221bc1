// The contract of discrete generation, and what it refuses.
#include "tests/contract.hpp"

namespace symbreak::experiment::discrete_generation {

namespace {

std::vector<std::string> small(std::vector<std::string> more) {
  for (const char* setting :
       {"experiment.steps=3", "sampling.walkers=4", "sampling.blocks=3", "sampling.replicas=1"}) {
    more.push_back(setting);
  }
  return more;
}

const std::vector<std::string> kChain = {"target.kind=ising_chain", "target.dimension=5",
                                         "target.coupling=1"};

std::vector<std::string> chain(std::vector<std::string> more) {
  more.insert(more.begin(), kChain.begin(), kChain.end());
  return small(more);
}

}  // namespace

TEST_CASE("Discrete generation keeps the contract", "[unit][experiment]") {
  for (const char* sampler : {"exact", "one_site", "factorised"}) {
    test::check_contract("discrete_generation",
                         chain({std::string("experiment.sampler=") + sampler}));
  }
  for (const char* sampler : {"exact", "factorised", "tau_leap", "euler"}) {
    test::check_contract("discrete_generation",
                         chain({"forward.channel=flip", "experiment.schedule=log",
                                std::string("experiment.sampler=") + sampler}));
  }
  for (const char* schedule : {"cosine", "entropic", "sqrt_rate", "optimum"}) {
    test::check_contract(
        "discrete_generation",
        small({"target.kind=curie_weiss", "target.dimension=8", "target.coupling=1.2",
               std::string("experiment.schedule=") + schedule}));
  }
  test::check_contract(
      "discrete_generation",
      chain({"forward.channel=flip", "experiment.start=noised", "experiment.schedule=entropic"}));
  // Where the entropy production is not known exactly, that of masks is measured.
  test::check_contract("discrete_generation",
                       small({"target.kind=ising_lattice", "target.side=5", "target.temperature=3",
                              "experiment.schedule=sqrt_rate"}));
  // Posteriors that are sampled, by need or by wish.
  test::check_contract(
      "discrete_generation",
      small({"target.kind=ising_lattice", "target.side=4", "target.temperature=3",
             "target.posterior=monte_carlo", "forward.channel=flip", "experiment.sampler=exact"}));
  for (const char* sampler : {"one_site", "factorised"}) {
    test::check_contract("discrete_generation",
                         chain({std::string("experiment.sampler=") + sampler, "experiment.chains=4",
                                "experiment.sweeps=3"}));
  }
  test::check_contract("discrete_generation",
                       small({"target.kind=ising_lattice", "target.side=4", "target.temperature=3",
                              "target.posterior=monte_carlo", "experiment.schedule=sqrt_rate"}));
  test::check_contract("discrete_generation", chain({"forward.clock=ddpm", "experiment.t_start=1",
                                                     "experiment.schedule=time"}));
  // A grid of its own for every draw of the couplings.
  test::check_contract("discrete_generation",
                       small({"target.kind=sherrington_kirkpatrick", "target.dimension=5",
                              "target.temperature=2", "experiment.schedule=sqrt_rate"}));
}

TEST_CASE("Discrete generation refuses what makes no sense", "[unit][experiment]") {
  const std::string kind = "discrete_generation";
  test::check_refusal(kind, chain({"experiment.sampler=tau_leap"}), "experiment.sampler",
                      "rates of flips");
  test::check_refusal(kind, chain({"experiment.schedule=log"}), "experiment.schedule", "flips");
  test::check_refusal(kind, chain({"forward.channel=flip", "experiment.schedule=cosine"}),
                      "experiment.schedule", "erasures");
  test::check_refusal(kind, chain({"forward.channel=flip", "experiment.sampler=one_site"}),
                      "experiment.sampler", "opens masks");
  test::check_refusal(
      kind, chain({"target.dimension=20", "forward.channel=flip", "experiment.schedule=entropic"}),
      "experiment.schedule", "even or log");
  test::check_refusal(kind,
                      small({"target.kind=ising_lattice", "target.side=5", "target.temperature=3",
                             "target.posterior=monte_carlo", "forward.channel=flip",
                             "experiment.schedule=entropic"}),
                      "experiment.schedule", "even or log");
  test::check_refusal(kind, chain({"forward.clock=ddpm"}), "forward.clock", "schedule = time");
  test::check_refusal(kind, chain({"forward.clock=ddpm", "experiment.schedule=time"}),
                      "experiment.t_start", "beyond the end of the clock");
}

TEST_CASE("Keys of chains leave no trace where they are not set", "[unit][experiment]") {
  const auto plain = test::parameters("discrete_generation", chain({}));
  for (const char* key : {"experiment.chains", "experiment.sweeps", "experiment.burn_in"}) {
    CHECK_FALSE(plain.has(key));
  }
}

}  // namespace symbreak::experiment::discrete_generation
