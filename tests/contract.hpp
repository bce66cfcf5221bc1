// What every experiment owes the engine: it measures what it declares, can be interrupted between
// any two blocks without changing a bit, and goes on where it ended when more blocks are asked for.
#pragma once
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/experiment/registry.hpp"
#include "tests/parameters.hpp"

namespace symbreak::test {

/// Equal bits in all numbers, NaN included.
inline void check_same(const std::vector<measure::ObservableInfo>& infos,
                       const std::vector<statistics::Series>& expected,
                       const std::vector<statistics::Series>& found) {
  const auto bits = [](const Eigen::MatrixXd& values) {
    return std::string(reinterpret_cast<const char*>(values.data()),
                       sizeof(double) * static_cast<std::size_t>(values.size()));
  };
  REQUIRE(expected.size() == infos.size());
  REQUIRE(found.size() == infos.size());
  for (std::size_t i = 0; i < infos.size(); ++i) {
    INFO(infos[i].name.text());
    CHECK(expected[i].count > 0);
    CHECK(expected[i].count == found[i].count);
    CHECK(bits(expected[i].mean) == bits(found[i].mean));
    CHECK(bits(expected[i].variance) == bits(found[i].variance));
    CHECK(bits(expected[i].bins) == bits(found[i].bins));
  }
}

/// Units of twice the blocks, from the start and from the end of a unit (`simulation`, `records`).
inline void check_longer(const std::string& kind, std::vector<std::string> settings,
                         const measure::Experiment& shorter, const measure::UnitAddress& address,
                         const measure::State& simulation, const measure::State& records) {
  const deck::Parameters point = parameters(kind, settings);
  if (!point.has(deck::kUnitLength)) return;
  settings.push_back(fmt::format("{}={}", deck::kUnitLength, 2 * point.integer(deck::kUnitLength)));
  const auto experiment = experiment::kind(kind).make(parameters(kind, settings));
  const auto infos = experiment->observables();
  // Some observables take so many samples; the engine starts such units over.
  if (infos.size() != shorter.observables().size()) return;
  const auto straight = experiment->start(address), longer = experiment->start(address);
  measure::Recorder expected(infos), found(infos);
  for (std::int64_t block = 0; block < straight->blocks(); ++block) straight->advance(expected);
  straight->conclude(expected);
  longer->load(simulation);
  found.load(records);
  const std::int64_t done = shorter.start(address)->blocks();
  INFO("goes on after " << done << " of " << longer->blocks() << " blocks");
  for (std::int64_t block = done; block < longer->blocks(); ++block) longer->advance(found);
  longer->conclude(found);
  check_same(infos, expected.finish(), found.finish());
}

/// One unit of a one-point deck. Observables, facts and predictions have names of their own and
/// texts; every declared observable receives numbers of its shape; saved and continued after every
/// block, each time by a fresh simulation, the unit gives the bits of the straight run, and then
/// those of one of twice the blocks.
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
  unit->conclude(straight);
  const auto last = experiment->start(address);
  last->load(simulation);
  last->conclude(interrupted);
  check_same(infos, straight.finish(), interrupted.finish());
  check_longer(kind, settings, *experiment, address, simulation, records);
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
