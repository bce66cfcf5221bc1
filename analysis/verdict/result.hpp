// A finished (or running) run as the analysis sees it: plain values, no file format.
// sim/record fills it from result.h5. May depend on: Eigen, analysis/statistics.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/statistics/estimate.hpp"
#include "analysis/verdict/name.hpp"

namespace symbreak::verdict {

/// How the numbers of an observable came about, and hence what its error means.
enum class Origin {
  sampled,        ///< Monte Carlo: statistical error
  deterministic,  ///< solved: numerical error estimate, no bins
};

/// An axis of an array: what counts along it, and its values where they are numbers.
struct Axis {
  std::string name;            ///< "time", "class", "experiment.isotherm"
  std::vector<double> values;  ///< one per element; empty: they are counted from 0
};

struct Observable {
  std::string name, unit, text;     ///< text states normalisation and source
  std::vector<Eigen::Index> shape;  ///< {} scalar; row-major; elements = product
  Origin origin = Origin::sampled;
  bool independent = false;       ///< samples are drawn afresh each time: no autocorrelation
  statistics::Estimate estimate;  ///< combined over units
  std::vector<statistics::Series> units;  ///< in plan order; empty when deterministic
  std::vector<Axis> axes{};  ///< one per extent of `shape`, once findings::name_axes has been there
  double value() const { return estimate.mean[0]; }
  double error() const { return estimate.error[0]; }
};

/// What the set-up of a point says about it, recorded when it was planned: levels of a grid, sizes,
/// known constants. One number or an array.
struct Fact {
  std::string name;
  std::vector<double> values;
  std::string text;  ///< "sigma^2 t in the Brownian gauge"
  Fact() = default;
  Fact(FactName of, double value, std::string what)
      : Fact(of, std::vector{value}, std::move(what)) {}
  Fact(FactName of, std::vector<double> all, std::string what)
      : name(of.text()), values(std::move(all)), text(std::move(what)) {}
};

/// A value of a measured quantity known independently of the measurement, recorded with the point
/// when it was planned. One number or an array.
struct Prediction {
  std::string quantity;  ///< snake_case standard term: critical_time
  std::vector<double> values;
  std::string source;  ///< "lambda_max(C)/sigma^2, score criterion, clock t"
  Prediction() = default;
  Prediction(PredictionName of, double value, std::string from)
      : Prediction(of, std::vector{value}, std::move(from)) {}
  Prediction(PredictionName of, std::vector<double> all, std::string from)
      : quantity(of.text()), values(std::move(all)), source(std::move(from)) {}
  double value() const { return values.at(0); }
};

struct Point {
  std::string id;                                 ///< 16 hex digits, content hash
  std::map<std::string, std::string> parameters;  ///< every key, canonical text
  std::map<std::string, Observable> observables;
  std::vector<Fact> facts;
  std::vector<Prediction> predictions;
  bool complete = true;  ///< all units are finished

  /// Whether a unit is finished: then there are observables, of the units that there are.
  bool measured() const { return !observables.empty(); }
  std::size_t units() const;  ///< finished ones; a solved observable alone counts as one
  double number(const std::string& key) const;  ///< parameters[key] as double; throws
  std::vector<double> numbers(const std::string& key) const;
  const Observable* find(ObservableName name) const;  ///< nullptr when absent
  const Observable& at(ObservableName name) const;    ///< throws std::out_of_range that names it
  /// First number of the fact or prediction; nullopt when the point has none of this name.
  std::optional<double> fact(FactName name) const;
  std::optional<double> prediction(PredictionName name) const;
  /// All of them; empty when the point has none.
  std::vector<double> fact_values(FactName name) const;
  std::vector<double> prediction_values(PredictionName name) const;
  std::string source(PredictionName name) const;  ///< of a prediction; "" when absent
};

/// One invocation of the program that worked on a run.
struct Session {
  std::string start, end, host, command, version;  ///< times as ISO 8601, UTC
  int ranks = 1;
  std::int64_t units = 0;  ///< finished in it
};

struct Result {
  std::string run, target, experiment;  ///< name of the run; kinds
  std::string headline;                 ///< "equation of state of 2 points in 1 dimension, ..."
  std::vector<std::string> swept;       ///< key paths with more than one value, in deck order
  std::map<std::string, std::string> settings;  ///< every key of the deck; a sweep: all values
  std::vector<Point> points;                    ///< plan order
  std::uint64_t seed = 0;
  std::map<std::string, std::string> provenance;  ///< version, git, compiler, host, times, ...
  std::string deck;                               ///< verbatim text
  std::vector<Session> sessions{};                ///< in the order of their start
};

}  // namespace symbreak::verdict
