#include "tests/contract.hpp"

namespace symbreak::experiment::fluctuations {

namespace {

std::vector<std::string> tiny(std::vector<std::string> more) {
  for (const char* setting :
       {"sampling.blocks=4", "sampling.samples_per_block=8", "sampling.burn_in=4"}) {
    more.emplace_back(setting);
  }
  return more;
}

const std::vector<std::string> kGlass = {"target.kind=sherrington_kirkpatrick",
                                         "target.dimension=8", "target.temperature=2",
                                         "sampling.disorder_samples=2"};

}  // namespace

TEST_CASE("The energy of a torus is predicted where it is known, and never as NaN",
          "[unit][experiment]") {
  const auto energy = [](const char* side, const char* coupling) -> std::optional<double> {
    const std::string J = coupling;
    const auto experiment =
        experiment::kind("fluctuations")
            .make(test::parameters(
                "fluctuations",
                tiny({"target.kind=ising_lattice", std::string("target.side=") + side,
                      "target.coupling=" + J, "target.temperature=3"})));
    for (const verdict::Prediction& known : experiment->predictions()) {
      CHECK(std::isfinite(known.value()));
      if (known.quantity == "energy_exact") return known.value();
    }
    return std::nullopt;
  };
  REQUIRE(energy("4", "1"));
  CHECK(*energy("4", "1") < -0.5);
  CHECK(*energy("4", "-1") == *energy("4", "1"));  // every second spin turned over
  CHECK(*energy("4", "-2") == *energy("4", "2"));
  CHECK_FALSE(energy("5", "-1"));  // frustrated
  CHECK(energy("5", "1"));
  CHECK(*energy("4", "0") == 0);
}

TEST_CASE("Contract of fluctuations", "[unit][experiment]") {
  // A cluster chain with modes; a covariance of independent samples; chains side by side.
  test::check_contract("fluctuations", tiny({"target.kind=ising_lattice", "target.side=4",
                                             "target.temperature=2.5"}));
  test::check_contract("fluctuations", tiny(kGlass));
  auto chains = kGlass;
  chains.emplace_back("experiment.sampler=chains");
  test::check_contract("fluctuations", tiny(chains));
  test::check_contract("fluctuations", tiny({"target.kind=hopfield", "target.dimension=8",
                                             "target.patterns=1", "target.temperature=2"}));
}

TEST_CASE("fluctuations: what is known of all disorder samples is recorded", "[unit][experiment]") {
  const auto experiment =
      experiment::kind("fluctuations").make(test::parameters("fluctuations", tiny(kGlass)));
  const auto facts = experiment->facts();
  REQUIRE(facts.size() == 1);
  CHECK(facts[0].values == std::vector<double>{8});
  const auto predictions = experiment->predictions();
  REQUIRE(predictions.size() == 1);
  CHECK(predictions[0].quantity == "eigenvalue_limit");
  CHECK(predictions[0].value() == Approx(4));  // 1/(1 - 1/T)^2
}

TEST_CASE("fluctuations refuses what is no even spin system", "[unit][experiment]") {
  test::check_refusal("fluctuations", tiny({"target.kind=gaussian_mixture"}), "target.kind",
                      "needs spins with couplings");
  test::check_refusal("fluctuations",
                      tiny({"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                            "target.field=0.1"}),
                      "target.field", "target.field must be 0, not 0.1");
  test::check_refusal(
      "fluctuations",
      tiny({"target.kind=ising_chain", "target.dimension=4", "target.source=transition",
            "target.stay_up=0.6", "target.stay_down=0.7"}),
      "target.source", "stay_up = stay_down");
  test::check_refusal("fluctuations",
                      tiny({"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                            "sampling.disorder_samples=2"}),
                      "sampling.disorder_samples", "sampling.replicas");
}

}  // namespace symbreak::experiment::fluctuations
