#include "tests/contract.hpp"

namespace symbreak::experiment::field_scan {

namespace {

std::vector<std::string> tiny(std::vector<std::string> target) {
  for (const char* setting :
       {"experiment.fields=0.01, 0.1", "sampling.blocks=2", "sampling.burn_in_blocks=1",
        "sampling.measurements_per_block=2", "experiment.sweeps=2", "experiment.chains=4"}) {
    target.emplace_back(setting);
  }
  return target;
}

}  // namespace

TEST_CASE("Contract of field_scan", "[unit][experiment]") {
  test::check_contract("field_scan",
                       tiny({"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                             "target.posterior=monte_carlo"}));
  test::check_contract("field_scan", tiny({"target.kind=curie_weiss", "target.dimension=12",
                                           "target.coupling=0.9"}));
}

TEST_CASE("field_scan records its fields and the torus as facts", "[unit][experiment]") {
  const auto facts =
      experiment::kind("field_scan")
          .make(test::parameters("field_scan", tiny({"target.kind=ising_lattice", "target.side=4",
                                                     "target.temperature=2.5"})))
          ->facts();
  REQUIRE(facts.size() == 3);
  CHECK(facts[0].values == std::vector<double>{0.01, 0.1});
  CHECK(facts[1].values == std::vector<double>{16});
  CHECK(facts[2].values == std::vector<double>{2});
}

TEST_CASE("field_scan refuses what does not order uniformly", "[unit][experiment]") {
  test::check_refusal("field_scan", tiny({"target.kind=gaussian_mixture"}), "target.kind",
                      "needs the law of a magnetization");
  test::check_refusal(
      "field_scan",
      tiny({"target.kind=sherrington_kirkpatrick", "target.dimension=8", "target.temperature=2"}),
      "target.kind", "orders uniformly");
  test::check_refusal("field_scan",
                      tiny({"target.kind=ising_lattice", "target.side=4", "target.temperature=2.5",
                            "target.field=0.1"}),
                      "target.field", "target.field must be 0, not 0.1");
}

}  // namespace symbreak::experiment::field_scan
