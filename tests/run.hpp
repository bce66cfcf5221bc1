// Runs all units of a one-point deck in memory and combines what they recorded.
#pragma once
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/estimate.hpp"
#include "sim/experiment/registry.hpp"
#include "tests/parameters.hpp"

namespace symbreak::test {

struct Run {
  std::unique_ptr<measure::Experiment> experiment;
  std::map<std::string, statistics::Estimate> estimates;

  double prediction(const std::string& quantity) const {
    for (const auto& known : experiment->predictions()) {
      if (known.quantity == quantity) return known.value();
    }
    throw std::logic_error("no prediction " + quantity);
  }
  std::vector<double> fact(const std::string& name) const {
    for (const auto& known : experiment->facts()) {
      if (known.name == name) return known.values;
    }
    throw std::logic_error("no fact " + name);
  }
  /// (measured - exact)/error, shown when a check fails.
  double deviation(const std::string& name, double exact, Eigen::Index element = 0) const {
    const statistics::Estimate& estimate = estimates.at(name);
    const double z = (estimate.mean[element] - exact) / estimate.error[element];
    UNSCOPED_INFO(fmt::format("{}: measured {} +- {}, exact {}, {:.2f} sigma", name,
                              estimate.mean[element], estimate.error[element], exact, z));
    return z;
  }
};

/// All units of the point at `address` (its disorder sample and replica are set here). `restarts`:
/// saved and loaded after every block: what lives across blocks must be in the state.
inline Run run(const std::string& kind, const std::vector<std::string>& settings,
               measure::UnitAddress address, bool restarts = false) {
  Run result;
  result.experiment = experiment::kind(kind).make(parameters(kind, settings));
  const auto observables = result.experiment->observables();
  std::vector<std::vector<statistics::Series>> series(observables.size());
  const auto disorder = static_cast<std::uint32_t>(result.experiment->disorder_samples());
  const auto replicas = static_cast<std::uint32_t>(result.experiment->replicas());
  for (std::uint32_t sample = 0; sample < disorder; ++sample) {
    for (std::uint32_t replica = 0; replica < replicas; ++replica) {
      measure::Recorder recorder(observables);
      address.disorder = sample;
      address.replica = replica;
      auto unit = result.experiment->start(address);
      for (std::int64_t block = 0; block < unit->blocks(); ++block) {
        unit->advance(recorder);
        if (!restarts) continue;
        measure::State state;
        unit->save(state);
        unit = result.experiment->start(address);
        unit->load(state);
      }
      unit->conclude(recorder);
      const auto finished = recorder.finish();
      for (std::size_t i = 0; i < finished.size(); ++i) series[i].push_back(finished[i]);
    }
  }
  for (std::size_t i = 0; i < observables.size(); ++i) {
    result.estimates[observables[i].name.string()] = statistics::combine(
        series[i], disorder > 1 ? statistics::Grouping::disorder : statistics::Grouping::replicas,
        1,
        observables[i].independent ? statistics::Sequence::independent
                                   : statistics::Sequence::chain);
  }
  return result;
}

/// The same at the point's own address.
inline Run run(const std::string& kind, const std::vector<std::string>& settings,
               std::uint64_t seed = 11) {
  const std::uint64_t point = parameters(kind, settings).identity();
  return run(kind, settings, {.seed = seed, .point = point, .disorder_point = point});
}

}  // namespace symbreak::test
