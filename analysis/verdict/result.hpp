// A finished (or running) run as the analysis sees it: plain values, no file format.
// sim/record fills it from result.h5. May depend on: Eigen, analysis/statistics.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/statistics/estimate.hpp"

namespace symbreak::verdict {

/// How the numbers of an observable came about, and hence what its error means.
enum class Origin {
  sampled,        ///< Monte Carlo: statistical error
  deterministic,  ///< solved: numerical error estimate, no bins
};

struct Observable {
  std::string name, unit, text;     ///< text states normalisation and source
  std::vector<Eigen::Index> shape;  ///< {} scalar; row-major; elements = product
  Origin origin = Origin::sampled;
  statistics::Estimate estimate;          ///< combined over units
  std::vector<statistics::Series> units;  ///< in plan order; empty when deterministic
  double value() const { return estimate.mean[0]; }
  double error() const { return estimate.error[0]; }
};

/// A number known independently of the measurement, recorded with the point when it was planned.
struct Prediction {
  std::string quantity;  ///< snake_case standard term: critical_time
  double value = 0;
  std::string source;  ///< "lambda_max(C)/sigma^2, score criterion, clock t"
};

struct Point {
  std::string id;                                 ///< 16 hex digits, content hash
  std::map<std::string, std::string> parameters;  ///< every key, canonical text
  std::map<std::string, Observable> observables;
  std::vector<Prediction> predictions;
  bool complete = true;

  double number(const std::string& key) const;  ///< parameters[key] as double; throws
  std::vector<double> numbers(const std::string& key) const;
  const Observable* find(const std::string& name) const;  ///< nullptr when absent
  std::optional<double> prediction(const std::string& quantity) const;
};

struct Result {
  std::string run, target, experiment;  ///< name of the run; kinds
  std::string headline;                 ///< "equation of state of 2 points in 1 dimension, ..."
  std::vector<std::string> swept;       ///< key paths with more than one value, in deck order
  std::map<std::string, std::string> settings;  ///< every key of the deck; a sweep: all values
  std::vector<Point> points;            ///< plan order
  std::uint64_t seed = 0;
  std::map<std::string, std::string> provenance;  ///< version, git, compiler, host, times, ...
  std::string deck;                               ///< verbatim text
};

}  // namespace symbreak::verdict
