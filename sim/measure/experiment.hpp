// Experiments: what is done to a target and measured on it. May depend on: sim/target,
// sim/diffusion, sim/random, sim/deck, analysis/{statistics,fit,theory,verdict}.
// Knows neither MPI nor HDF5.
//
// A deck expands to points; a point to work units (disorder sample x replica); a unit advances
// block by block, and between blocks it can be saved and stopped. Results are a pure function of
// the unit's address, never of the rank or of where it was interrupted.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/statistics/accumulator.hpp"
#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"
#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/random/stream.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

using Eigen::Index;

/// Declaration of an observable of one point.
struct ObservableInfo {
  std::string name{};          ///< snake_case
  std::vector<Index> shape{};  ///< {} scalar
  std::string unit{};          ///< "" dimensionless, "nats", ...
  std::string text{};          ///< formula, normalisation, source
  verdict::Origin origin = verdict::Origin::sampled;
  Index max_bins = 256;  ///< retained bins per unit
};

/// Named arrays that make up the state of an unfinished unit (checkpoint). Doubles keep their bits.
struct State {
  std::map<std::string, std::vector<double>> reals;
  std::map<std::string, std::vector<std::uint64_t>> integers;
};

/// Where a simulation puts what it measures: one accumulator per declared observable.
class Recorder {
 public:
  explicit Recorder(const std::vector<ObservableInfo>& observables);
  /// One sample of a sampled observable.
  void measure(const std::string& name, double sample);
  void measure(const std::string& name, std::span<const double> sample);
  /// The value of a deterministic observable with its numerical error estimate, once.
  void solved(const std::string& name, double value, double error);
  void solved(const std::string& name, std::span<const double> value,
              std::span<const double> error);

  /// Finished content, in declaration order. Deterministic: mean = value, variance = error^2,
  /// count = 1, no bins.
  std::vector<statistics::Series> finish() const;
  void save(State& state) const;
  void load(const State& state);

 private:
  std::vector<ObservableInfo> infos_;
  std::map<std::string, std::size_t> index_;
  std::vector<statistics::Accumulator> sampled_;
  std::vector<std::vector<double>> solved_value_, solved_error_;
};

/// One work unit in progress.
class Simulation {
 public:
  virtual ~Simulation() = default;
  /// Total number of blocks, fixed at construction. A block should take well below a second.
  virtual std::int64_t blocks() const = 0;
  /// Do the next block. Called exactly blocks() times over the unit's life.
  virtual void advance(Recorder& recorder) = 0;
  /// Dynamical state between blocks (without the recorder and without the block counter).
  virtual void save(State& state) const = 0;
  virtual void load(const State& state) = 0;
};

/// Address of a unit; the only source of randomness of a simulation.
struct UnitAddress {
  std::uint64_t seed = 0;
  std::uint64_t point = 0;           ///< content hash of the point
  std::uint64_t disorder_point = 0;  ///< = point, or the shared one under share_disorder
  std::uint32_t disorder = 0, replica = 0;
  random::Address address(random::Purpose purpose) const {
    const bool quenched = purpose == random::Purpose::data || purpose == random::Purpose::levels;
    return {seed, quenched ? disorder_point : point, disorder, quenched ? 0 : replica, purpose};
  }
  random::Stream stream(random::Purpose purpose) const { return random::Stream(address(purpose)); }
};

/// An experiment bound to one point of the deck. Construction must be cheap (no data is drawn or
/// large file read twice: share the target across units).
class Experiment {
 public:
  virtual ~Experiment() = default;
  virtual std::vector<ObservableInfo> observables() const = 0;
  virtual std::vector<verdict::Prediction> predictions() const { return {}; }
  virtual std::int64_t disorder_samples() const { return 1; }
  virtual std::int64_t replicas() const { return 1; }
  virtual double seconds_per_unit() const = 0;      ///< rough a priori cost, for plan order and ETA
  virtual std::size_t memory_per_unit() const = 0;  ///< bytes while a unit runs, target included
  virtual std::unique_ptr<Simulation> start(const UnitAddress& address) const = 0;
};

/// One row of the registry: everything the rest of the program knows about an experiment.
struct ExperimentKind {
  std::string name;
  std::string text;             ///< what it measures, with its source
  std::vector<deck::Key> keys;  ///< of [experiment] (without kind) and [sampling]
  /// Bind to a point; throws deck::KeyError for combinations that make no sense.
  std::function<std::unique_ptr<Experiment>(const deck::Parameters&)> make;
  /// Pure function of the recorded samples: exponents, crossings, verdicts, figures.
  std::function<verdict::Findings(const verdict::Result&)> analyse;
  /// Optional: extra points derived from the deck's (e.g. the critical isotherm at t_c).
  std::function<std::vector<deck::Parameters>(const std::vector<deck::Parameters>&)> expand{};
  /// Optional: the predicted critical value that `critical(+-w, n)` of key `experiment.t` centres
  /// on.
  std::function<double(const deck::Parameters&)> critical{};
};

/// The one place where experiments are registered (sim/experiment/registry.cpp).
const std::vector<ExperimentKind>& kinds();
const ExperimentKind& kind(const std::string& name);

}  // namespace symbreak::experiment
