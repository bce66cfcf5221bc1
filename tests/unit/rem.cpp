// The experiment rem: refusals, degenerate ensembles, interruption.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "sim/measure/experiment.hpp"
#include "sim/target/levels/level_ensemble.hpp"
#include "tests/parameters.hpp"

using namespace symbreak;

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

std::unique_ptr<experiment::Experiment> make(const std::vector<std::string>& more) {
  return experiment::kind("rem").make(test::parameters("rem", settings(more)));
}

std::string refusal(const std::vector<std::string>& more) {
  try {
    make(more);
  } catch (const deck::KeyError& error) {
    return error.key;
  }
  return "accepted";
}

std::vector<statistics::Series> run(const experiment::Experiment& experiment, int interrupt_at) {
  experiment::Recorder recorder(experiment.observables());
  const experiment::UnitAddress address{.seed = 5, .point = 6, .disorder_point = 6, .disorder = 1};
  auto unit = experiment.start(address);
  for (std::int64_t block = 0; block < unit->blocks(); ++block) {
    if (block == interrupt_at) {
      experiment::State simulation, records;
      unit->save(simulation);
      recorder.save(records);
      unit = experiment.start(address);
      unit->load(simulation);
      recorder = experiment::Recorder(experiment.observables());
      recorder.load(records);
    }
    unit->advance(recorder);
  }
  return recorder.finish();
}

}  // namespace

TEST_CASE("A level ensemble and a target with coordinates are not taken for each other") {
  const auto parameters = test::parameters(
      "condensation", {"target.kind=random_energy", "target.M=20", "experiment.t=1"});
  CHECK_THROWS_AS(experiment::kind("condensation").make(parameters), deck::KeyError);
  CHECK_THROWS_AS(target::build(parameters), deck::KeyError);
  CHECK_THROWS_AS(experiment::kind("rem").make(test::parameters("rem", {"experiment.a=1"})),
                  deck::KeyError);
  CHECK(target::describe(test::parameters("rem", settings({}))) == "16384 Gaussian levels");
}

TEST_CASE("Impossible random-energy decks are refused at the key at fault") {
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

TEST_CASE("One level and two levels have their trivial thermodynamics") {
  for (const char* state : {"planted", "unplanted"}) {
    const auto one = make({"target.M=0", std::string("experiment.state=") + state});
    const auto infos = one->observables();
    const auto series = run(*one, -1);
    for (std::size_t i = 0; i < infos.size(); ++i) {
      INFO(state << " " << infos[i].name);
      CHECK(series[i].mean.allFinite());
      if (infos[i].name == "participation" || infos[i].name == "effective_patterns") {
        CHECK(series[i].mean.isOnes(0));
      }
      if (infos[i].name == "entropy") CHECK(series[i].mean.isZero(0));
    }
    CHECK(run(*make({"target.M=1", std::string("experiment.state=") + state}), -1)[4].mean[0] >
          0.5);
  }
}

TEST_CASE("An interrupted random-energy unit continues with the same bits") {
  for (const char* method : {"experiment.method=top_k", "experiment.method=enumerate"}) {
    const auto experiment = make({method, "experiment.state=planted"});
    const auto whole = run(*experiment, -1), parts = run(*experiment, 1);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      CHECK((whole[i].mean.array() == parts[i].mean.array()).all());
      CHECK((whole[i].bins.array() == parts[i].bins.array()).all());
    }
  }
}
