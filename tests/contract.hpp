// What every experiment owes the engine: it measures what it declares, and can be interrupted
// between any two blocks without changing a bit.
#pragma once
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/experiment/registry.hpp"
#include "tests/parameters.hpp"

namespace symbreak::test {

/// One unit of a one-point deck. Observables, facts and predictions have names of their own and
/// texts; every declared observable receives numbers of its shape; saved and continued after every
/// block, each time by a fresh simulation, the unit gives the bits of the straight run.
inline void check_contract(const std::string& kind, const std::vector<std::string>& settings) {
  const deck::Parameters point = parameters(kind, settings);
  const auto experiment = experiment::kind(kind).make(point);
  CHECK(experiment->seconds_per_unit() > 0);
  CHECK(experiment->memory_per_unit() > 0);
  const auto infos = experiment->observables();
  std::set<std::string> names;
  for (const measure::ObservableInfo& info : infos) {
    INFO(info.name.text());
    CHECK(names.insert(info.name.string()).second);
    CHECK_FALSE(info.text.empty());
  }
  names.clear();
  for (const verdict::Fact& fact : experiment->facts()) {
    INFO(fact.name);
    CHECK(names.insert(fact.name).second);
    CHECK_FALSE((fact.values.empty() || fact.text.empty()));
  }
  names.clear();
  for (const verdict::Prediction& prediction : experiment->predictions()) {
    INFO(prediction.quantity);
    CHECK(names.insert(prediction.quantity).second);
    CHECK_FALSE((prediction.values.empty() || prediction.source.empty()));
  }

  const measure::UnitAddress address{
      .seed = 3, .point = point.identity(), .disorder_point = point.identity()};
  measure::Recorder straight(infos), interrupted(infos);
  const auto unit = experiment->start(address);
  REQUIRE(unit->blocks() > 0);
  measure::State simulation, records;
  for (std::int64_t block = 0; block < unit->blocks(); ++block) {
    unit->advance(straight);
    const auto again = experiment->start(address);
    if (block > 0) {
      again->load(simulation);
      interrupted = measure::Recorder(infos);
      interrupted.load(records);
    }
    again->advance(interrupted);
    simulation = {};
    records = {};
    again->save(simulation);
    interrupted.save(records);
  }
  const auto expected = straight.finish(), found = interrupted.finish();
  REQUIRE(expected.size() == infos.size());
  const auto bits = [](const Eigen::MatrixXd& values) {  // equal NaN are equal
    return std::string(reinterpret_cast<const char*>(values.data()),
                       sizeof(double) * static_cast<std::size_t>(values.size()));
  };
  for (std::size_t i = 0; i < infos.size(); ++i) {
    INFO(infos[i].name.text());
    CHECK(expected[i].count > 0);
    CHECK(bits(expected[i].mean) == bits(found[i].mean));
    CHECK(bits(expected[i].variance) == bits(found[i].variance));
    CHECK(bits(expected[i].bins) == bits(found[i].bins));
  }
}

/// `make` refuses these settings at key `key`, in words that contain `words`.
inline void check_refusal(const std::string& kind, const std::vector<std::string>& settings,
                          const std::string& key, const std::string& words) {
  try {
    experiment::kind(kind).make(parameters(kind, settings));
    FAIL("accepted");
  } catch (const deck::KeyError& error) {
    CHECK(error.key == key);
    CHECK_THAT(error.what(), Catch::Contains(words));
  }
}

}  // namespace symbreak::test
