// The experiment rem: contract, refusals, degenerate ensembles.
#include <catch2/catch.hpp>
#include <map>

#include "analysis/findings/rem/observables.hpp"
#include "tests/contract.hpp"
#include "tests/run.hpp"

namespace symbreak::experiment::rem {

namespace observable = findings::rem::observable;

namespace {

/// A small deck, with `more` in place of or beside its settings.
std::vector<std::string> settings(const std::vector<std::string>& more) {
  std::map<std::string, std::string> all = {{"target.kind", "random_energy"},
                                            {"target.M", "14"},
                                            {"experiment.a", "0.5,1,2"},
                                            {"sampling.disorder_samples", "600"},
                                            {"sampling.batch", "300"}};
  for (const std::string& setting : more) {
    const auto equals = setting.find('=');
    all[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  std::vector<std::string> list;
  for (const auto& [key, value] : all) list.push_back(key + "=" + value);
  return list;
}

std::string refusal(const std::vector<std::string>& more) {
  try {
    experiment::kind("rem").make(test::parameters("rem", settings(more)));
  } catch (const deck::KeyError& error) {
    return error.key;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("A level ensemble and a target with coordinates are not taken for each other",
          "[unit][experiment]") {
  const auto parameters = test::parameters(
      "condensation", {"target.kind=random_energy", "target.M=20", "experiment.t=1"});
  CHECK_THROWS_AS(experiment::kind("condensation").make(parameters), deck::KeyError);
  CHECK_THROWS_AS(target::build(parameters), deck::KeyError);
  test::check_refusal("rem", {"experiment.a=1"}, "target.kind", "energy levels");
  CHECK(target::describe(test::parameters("rem", settings({}))) == "16384 Gaussian levels");
}

TEST_CASE("Impossible random-energy decks are refused at the key at fault", "[unit][experiment]") {
  CHECK(refusal({}) == "accepted");
  CHECK(refusal({"experiment.beta=1"}) == "experiment.a");
  CHECK(refusal({"target.M=31", "experiment.method=enumerate"}) == "experiment.method");
  CHECK(refusal({"target.M=7", "experiment.method=top_k"}) == "experiment.K");
  CHECK(refusal({"sampling.batch=7"}) == "sampling.disorder_samples");
  CHECK(refusal({"target.dimension=10"}) == "target.dimension");
  CHECK(refusal({"target.law=sphere"}) == "target.dimension");
  CHECK(refusal({"target.law=sphere", "target.dimension=2"}) == "target.dimension");
  CHECK(refusal({"target.law=binary", "target.dimension=13"}) == "experiment.a");
  CHECK(refusal({"target.law=exponential", "experiment.state=planted"}) == "experiment.state");
}

TEST_CASE("One level and two levels have their trivial thermodynamics", "[unit][experiment]") {
  for (const char* state : {"experiment.state=planted", "experiment.state=unplanted"}) {
    const auto one = test::run("rem", settings({"target.M=0", state})).estimates;
    for (const auto& [name, estimate] : one) {
      INFO(state << " " << name);
      CHECK(estimate.mean.allFinite());
    }
    CHECK(one.at(observable::participation.string()).mean.isOnes(0));
    CHECK(one.at(observable::effective_patterns.string()).mean.isOnes(0));
    CHECK(one.at(observable::entropy.string()).mean.isZero(0));
    const auto two = test::run("rem", settings({"target.M=1", state})).estimates;
    CHECK(two.at(observable::participation.string()).mean[0] > 0.5);
  }
}

TEST_CASE("Levels in classes: what is refused, and that they say what they are",
          "[unit][experiment]") {
  const std::string two = "target.levels=2";
  CHECK(refusal({two}) == "accepted");
  CHECK(refusal({two, "target.classes=13"}) == "accepted");
  CHECK(refusal({two, "target.classes=13.5"}) == "target.classes");
  CHECK(refusal({two, "target.M=1"}) == "target.M");
  CHECK(refusal({two, "target.law=exponential"}) == "target.law");
  CHECK(refusal({two, "target.M=21", "experiment.method=enumerate"}) == "experiment.method");
  CHECK(refusal({two, "target.M=8", "experiment.method=top_k"}) == "experiment.method");
  CHECK(refusal({two, "target.M=8"}) == "accepted");
  CHECK(refusal({two, "sampling.batch=7"}) == "sampling.disorder_samples");
  CHECK(target::describe(test::parameters("rem", settings({two, "target.classes=4"}))) ==
        "2^4 classes of 2^10 levels each");
}

TEST_CASE("Decks of one level have none of the keys of classes", "[unit][experiment]") {
  // Keys that a deck does not set are no part of a point: its random numbers stay what they were.
  const deck::Parameters plain = test::parameters("rem", settings({}));
  CHECK_FALSE(plain.has("target.levels"));
  CHECK_FALSE(plain.has("target.share"));
  CHECK_FALSE(plain.has("target.classes"));
}

TEST_CASE("Levels in classes keep the contract of the experiment rem", "[unit][experiment]") {
  for (const char* method : {"experiment.method=top_k", "experiment.method=enumerate"}) {
    for (const char* state : {"experiment.state=planted", "experiment.state=unplanted"}) {
      test::check_contract("rem", settings({method, state, "target.M=10", "target.levels=2"}));
    }
  }
}

TEST_CASE("The experiment rem keeps its contract", "[unit][experiment]") {
  for (const char* method : {"experiment.method=top_k", "experiment.method=enumerate"}) {
    for (const char* state : {"experiment.state=planted", "experiment.state=unplanted"}) {
      test::check_contract("rem", settings({method, state, "target.M=10"}));
    }
  }
}

}  // namespace symbreak::experiment::rem
