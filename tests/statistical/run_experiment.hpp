// Runs all units of a one-point deck in memory and combines what they recorded.
#pragma once
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/estimate.hpp"
#include "sim/measure/experiment.hpp"
#include "tests/parameters.hpp"

namespace symbreak::test {

struct Run {
  std::unique_ptr<experiment::Experiment> experiment;
  std::map<std::string, statistics::Estimate> estimates;

  double prediction(const std::string& quantity) const {
    for (const auto& known : experiment->predictions()) {
      if (known.quantity == quantity) return known.value;
    }
    throw std::logic_error("no prediction " + quantity);
  }
};

inline Run run(const std::string& kind, const std::vector<std::string>& settings,
               std::uint64_t seed = 11) {
  const deck::Parameters point = parameters(kind, settings);
  Run result;
  result.experiment = experiment::kind(kind).make(point);
  const auto observables = result.experiment->observables();
  std::vector<std::vector<statistics::Series>> series(observables.size());
  const auto disorder = static_cast<std::uint32_t>(result.experiment->disorder_samples());
  const auto replicas = static_cast<std::uint32_t>(result.experiment->replicas());
  for (std::uint32_t sample = 0; sample < disorder; ++sample) {
    for (std::uint32_t replica = 0; replica < replicas; ++replica) {
      experiment::Recorder recorder(observables);
      const auto unit = result.experiment->start({.seed = seed,
                                                  .point = point.identity(),
                                                  .disorder_point = point.identity(),
                                                  .disorder = sample,
                                                  .replica = replica});
      for (std::int64_t block = 0; block < unit->blocks(); ++block) unit->advance(recorder);
      const auto finished = recorder.finish();
      for (std::size_t i = 0; i < finished.size(); ++i) series[i].push_back(finished[i]);
    }
  }
  for (std::size_t i = 0; i < observables.size(); ++i) {
    result.estimates[observables[i].name] = statistics::combine(
        series[i], disorder > 1 ? statistics::Grouping::disorder : statistics::Grouping::replicas);
  }
  return result;
}

/// (measured - exact)/error, shown when a check fails.
inline double deviation(const Run& run, const std::string& name, double exact,
                        Eigen::Index element = 0) {
  const statistics::Estimate& estimate = run.estimates.at(name);
  const double z = (estimate.mean[element] - exact) / estimate.error[element];
  UNSCOPED_INFO(fmt::format("{}: measured {} +- {}, exact {}, {:.2f} sigma", name,
                            estimate.mean[element], estimate.error[element], exact, z));
  return z;
}

/// The same unit straight through, and saved and restored after its first block: equal bits.
inline void check_restart(const std::string& kind, const std::vector<std::string>& settings) {
  const auto experiment = experiment::kind(kind).make(parameters(kind, settings));
  experiment::Recorder straight(experiment->observables()), first(experiment->observables()),
      second(experiment->observables());
  const auto a = experiment->start({.seed = 3}), b = experiment->start({.seed = 3});
  for (std::int64_t block = 0; block < a->blocks(); ++block) a->advance(straight);
  b->advance(first);
  experiment::State state;
  b->save(state);
  first.save(state);
  const auto c = experiment->start({.seed = 3});
  c->load(state);
  second.load(state);
  for (std::int64_t block = 1; block < c->blocks(); ++block) c->advance(second);
  const auto expected = straight.finish(), found = second.finish();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(experiment->observables()[i].name);
    CHECK(expected[i].mean == found[i].mean);
  }
}

}  // namespace symbreak::test
