// The contract of the clock of discrete channels, its predictions, and what it refuses.
#include "analysis/findings/discrete_clock/observables.hpp"
#include "tests/contract.hpp"

namespace symbreak::experiment::discrete_clock {

namespace {

std::vector<std::string> small(std::vector<std::string> more) {
  for (const char* setting : {"sampling.walkers=4", "sampling.blocks=3", "sampling.replicas=1"}) {
    more.push_back(setting);
  }
  return more;
}

}  // namespace

TEST_CASE("The clock of discrete channels keeps the contract", "[unit][experiment]") {
  for (const char* channel : {"forward.channel=erase", "forward.channel=flip"}) {
    test::check_contract("discrete_clock", small({channel, "target.kind=curie_weiss",
                                                  "target.dimension=6", "target.coupling=0.5"}));
    test::check_contract("discrete_clock", small({channel, "target.kind=ising_chain",
                                                  "target.dimension=20", "target.coupling=1"}));
    test::check_contract("discrete_clock", small({channel, "target.kind=sherrington_kirkpatrick",
                                                  "target.dimension=5", "target.temperature=2"}));
    test::check_contract(
        "discrete_clock",
        small({channel, "target.kind=ising_lattice", "target.side=4", "target.temperature=3",
               "target.posterior=monte_carlo", "experiment.chains=2", "experiment.rounds=2"}));
    test::check_contract("discrete_clock",
                         small({channel, "target.kind=synthetic_dataset", "target.law=binary",
                                "target.dimension=5", "target.n=4"}));
  }
}

TEST_CASE("Critical noises of flips are the printed ones", "[unit][experiment]") {
  // 4 x 4 torus: p_c by self-consistency, signal variance, hidden mode.
  const struct {
    const char* T;
    double p[3];
  } rows[] = {{"2", {.3675121821, .3659028042, .3608033078}},
              {"2.269185314213022", {.3587056806, .3567431834, .3504745011}}};
  for (const auto& row : rows) {
    const auto experiment =
        experiment::kind("discrete_clock")
            .make(test::parameters(
                "discrete_clock",
                small({"forward.channel=flip", "target.kind=ising_lattice", "target.side=4",
                       std::string("target.temperature=") + row.T})));
    std::map<std::string, double> found;
    for (const auto& each : experiment->predictions()) found[each.quantity] = each.values[0];
    CHECK(found.at("critical_self_consistent") == Approx(row.p[0]).margin(1e-9).epsilon(0));
    CHECK(found.at("critical_signal") == Approx(row.p[1]).margin(1e-9).epsilon(0));
    CHECK(found.at("critical_hidden") == Approx(row.p[2]).margin(1e-9).epsilon(0));
  }
}

TEST_CASE("Clones of the sign of M are those of classes that are signs of M",
          "[unit][experiment]") {
  const auto predicts = [](const std::vector<std::string>& target) {
    std::vector<std::string> settings = small(target);
    settings.push_back("experiment.noise=0.3");
    bool clones = false, signs = false;
    for (const auto& each : experiment::kind("discrete_clock")
                                .make(test::parameters("discrete_clock", settings))
                                ->predictions()) {
      clones = clones || each.quantity == "clone_probability" || each.quantity == "critical_clone";
      signs = signs || each.quantity == "sign_agreement";
    }
    CHECK(signs);
    return clones;
  };
  CHECK(predicts({"target.kind=curie_weiss", "target.dimension=6", "target.coupling=0.5"}));
  CHECK(predicts({"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5"}));
  // Of a mixture they are its components.
  CHECK_FALSE(
      predicts({"target.kind=ising_mixture", "target.side=4", "target.couplings=0.2, 0.6"}));
}

TEST_CASE("Levels of discrete channels may be times of a clock", "[unit][experiment]") {
  const auto noise = [](std::vector<std::string> more) {
    for (const char* setting :
         {"target.kind=curie_weiss", "target.dimension=6", "target.coupling=0.5"}) {
      more.push_back(setting);
    }
    const auto experiment =
        experiment::kind("discrete_clock").make(test::parameters("discrete_clock", small(more)));
    std::map<std::string, std::vector<double>> facts;
    for (const auto& each : experiment->facts()) facts[each.name] = each.values;
    return std::pair(facts.at("noise"), facts.at("time"));
  };
  // 1 - e = 1 - 2p = e^-t, and theta_t = exp(-t^2 (20 - .1)/4 - t .1/2).
  const auto [masks, t] = noise({"forward.clock=ornstein_uhlenbeck", "experiment.t=0.5, 2"});
  CHECK(masks[0] == Approx(1 - std::exp(-.5)).epsilon(1e-12));
  CHECK(masks[1] == Approx(1 - std::exp(-2)).epsilon(1e-12));
  CHECK(t[1] == Approx(2).epsilon(1e-12));
  const auto [turned, s] =
      noise({"forward.channel=flip", "forward.clock=ddpm", "experiment.t=0.1, 0.5"});
  const auto theta = [](double at) { return std::exp(-at * at * 19.9 / 4 - at * .05); };
  CHECK(turned[0] == Approx((1 - theta(.1)) / 2).epsilon(1e-12));
  CHECK(turned[1] == Approx((1 - theta(.5)) / 2).epsilon(1e-12));
  CHECK(s[0] == Approx(.1).epsilon(1e-9));
  // Where the deck names none, t = -ln u.
  CHECK(noise({"experiment.noise=0.25"}).second[0] == Approx(-std::log(.75)).epsilon(1e-12));
}

TEST_CASE("A level that is missing is missed where it should be", "[unit][experiment]") {
  const std::string deck =
      "[run]\nname = a\nseed = 1\n[target]\nkind = ising_chain\ndimension = 9\ncoupling = 1\n"
      "[forward]\nchannel = flip\nclock = ornstein_uhlenbeck\n[experiment]\n"
      "kind = discrete_clock\n";
  try {
    deck::parse(deck, "a.ini", {}, experiment::decks());
    FAIL();
  } catch (const deck::Errors& errors) {
    CHECK(errors.messages ==
          std::vector<std::string>{"a.ini:11:1: experiment.t (not set): the channel (flips) needs "
                                   "a level above 0: a time t of "
                                   "the clock"});
  }
}

TEST_CASE("Discrete channels refuse what is not theirs", "[unit][experiment]") {
  const std::vector<std::string> spins = {"target.kind=curie_weiss", "target.dimension=6",
                                          "target.coupling=0.5"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), spins.begin(), spins.end());
    return small(more);
  };
  test::check_refusal("discrete_clock",
                      small({"target.kind=gaussian_mixture", "target.dimension=2"}), "target.kind",
                      "+-1 spins");
  test::check_refusal("discrete_clock", with({"forward.clock=ddpm"}), "experiment.t",
                      "a time t of the clock");
  test::check_refusal("discrete_clock", with({"forward.clock=ddpm", "experiment.t=0.5, 1.5"}),
                      "experiment.t", "beyond the end of the clock");
  test::check_refusal("discrete_clock", with({"forward.channel=flip", "experiment.noise=0.1, 0.5"}),
                      "experiment.noise", "between 0 and 0.5");
  test::check_refusal("discrete_clock",
                      small({"target.kind=ising_lattice", "target.side=4", "target.temperature=3",
                             "target.posterior=monte_carlo", "experiment.posterior=exact"}),
                      "experiment.posterior", "sampled, not summed");
  test::check_refusal("discrete_clock", with({"sampling.disorder_samples=2"}),
                      "sampling.disorder_samples", "no disorder");
}

}  // namespace symbreak::experiment::discrete_clock
