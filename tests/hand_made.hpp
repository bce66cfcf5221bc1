// Results made by hand, for tests of findings: pure functions of recorded numbers.
#pragma once
#include <Eigen/Core>
#include <map>
#include <string>
#include <vector>

#include "analysis/findings/registry.hpp"
#include "analysis/statistics/accumulator.hpp"
#include "analysis/statistics/estimate.hpp"
#include "tests/parameters.hpp"

namespace symbreak::test {

/// A result whose points have the parameters of a deck, so that every key has its default, and no
/// observables yet. Sweeps are written as in a deck: "experiment.t=1,2,3".
inline verdict::Result hand_made(const std::string& kind,
                                 const std::vector<std::string>& settings) {
  const deck::Deck made = deck(kind, settings);
  verdict::Result result;
  result.run = "hand_made";
  result.experiment = kind;
  result.target = made.first().word("target.kind");
  result.swept = made.swept;
  result.seed = 1;
  for (const deck::Setting& setting : made.settings) result.settings[setting.path] = setting.text;
  for (const deck::Parameters& parameters : made.points) {
    verdict::Point& point = result.points.emplace_back();
    point.id = std::to_string(result.points.size());
    for (const auto& [path, value] : parameters.all()) {
      if (value.role != deck::Role::control) point.parameters[path] = value.canonical();
    }
  }
  return result;
}

/// A solved observable: values with their numerical errors.
inline void put_solved(verdict::Point& point, verdict::ObservableName name,
                       const std::vector<double>& values, double error,
                       std::vector<Eigen::Index> shape = {}) {
  verdict::Observable observable;
  observable.name = name.string();
  observable.shape = std::move(shape);
  observable.origin = verdict::Origin::deterministic;
  observable.estimate.mean =
      Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
  observable.estimate.error = Eigen::VectorXd::Constant(observable.estimate.mean.size(), error);
  point.observables[name.string()] = std::move(observable);
}

/// A sampled observable as `units` work units of `bins` bins would give it: the mean of every bin
/// is `values` plus or minus `spread`, in turn, so that the mean is exactly `values` and the error
/// about spread/sqrt(units bins).
inline void put_sampled(verdict::Point& point, verdict::ObservableName name,
                        const std::vector<double>& values, double spread,
                        std::vector<Eigen::Index> shape = {}, int units = 4, int bins = 16) {
  verdict::Observable observable;
  observable.name = name.string();
  observable.shape = std::move(shape);
  for (int unit = 0; unit < units; ++unit) {
    statistics::Accumulator accumulator(static_cast<Eigen::Index>(values.size()), 256);
    std::vector<double> sample(values.size());
    for (int bin = 0; bin < bins; ++bin) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        sample[i] = values[i] + ((bin / 2 + unit) % 2 == bin % 2 ? spread : -spread);
      }
      accumulator.add(sample);
    }
    observable.units.push_back(accumulator.finish());
  }
  observable.independent = true;
  observable.estimate = statistics::combine(observable.units, statistics::Grouping::replicas, 1,
                                            statistics::Sequence::independent);
  point.observables[name.string()] = std::move(observable);
}

/// A point of which no unit is finished.
inline void unfinished(verdict::Point& point) {
  point.complete = false;
  point.observables.clear();
}

/// What was only measured of one quantity, in order; of one criterion, where it is given.
inline std::vector<verdict::Verdict> measured(const verdict::Findings& findings,
                                              const std::string& quantity,
                                              const std::string& criterion = "") {
  std::vector<verdict::Verdict> all;
  for (const verdict::Verdict& row : findings.measured) {
    if (row.quantity != quantity) continue;
    if (criterion.empty() || row.criterion == criterion) all.push_back(row);
  }
  return all;
}

/// All verdicts of one quantity, in order.
inline std::vector<verdict::Verdict> verdicts(const verdict::Findings& findings,
                                              const std::string& quantity) {
  std::vector<verdict::Verdict> all;
  for (const verdict::Verdict& row : findings.verdicts) {
    if (row.quantity == quantity) all.push_back(row);
  }
  return all;
}

}  // namespace symbreak::test
