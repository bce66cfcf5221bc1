// The contract between what is simulated and what runs it. Knows no target, no kind of experiment,
// neither MPI nor HDF5. May depend on: sim/deck, sim/random, analysis/{statistics,verdict}.
//
// A deck expands to points; a point to work units (disorder sample x replica); a unit advances
// block by block, and between blocks it can be saved and stopped. Results are a pure function of
// the unit's address, never of the rank or of where it was interrupted.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/deck/parameters.hpp"
#include "sim/measure/observable.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/measure/state.hpp"
#include "sim/measure/unit_address.hpp"

namespace symbreak::measure {

/// One work unit in progress.
class Simulation {
 public:
  virtual ~Simulation() = default;
  /// Total number of blocks, fixed at construction. A block should take well below a second. Blocks
  /// do not know how many follow: raised sampling.blocks continue a unit (deck::kUnitLength).
  virtual std::int64_t blocks() const = 0;
  /// Do the next block. Called exactly blocks() times over the unit's life.
  virtual void advance(Recorder& recorder) = 0;
  /// After the last block: what is measured of the whole unit. It changes nothing, so that the unit
  /// can go on when more blocks are asked for.
  virtual void conclude(Recorder&) const {}
  /// Dynamical state between blocks (without the recorder and without the block counter).
  virtual void save(State& state) const = 0;
  virtual void load(const State& state) = 0;
};

/// An experiment bound to one point of the deck. Construction must be cheap (no data is drawn or
/// large file read twice: share the target across units).
class Experiment {
 public:
  virtual ~Experiment() = default;
  virtual std::vector<ObservableInfo> observables() const = 0;
  virtual std::vector<verdict::Fact> facts() const { return {}; }
  virtual std::vector<verdict::Prediction> predictions() const { return {}; }
  virtual std::int64_t disorder_samples() const { return 1; }
  virtual std::int64_t replicas() const { return 1; }
  virtual double seconds_per_unit() const = 0;      ///< rough a priori cost, for plan order and ETA
  virtual std::size_t memory_per_unit() const = 0;  ///< bytes while a unit runs, target included
  /// Samples of an observable in a unit, from which the size of the result is predicted; 0: many.
  virtual std::int64_t samples_per_unit() const { return 0; }
  virtual std::unique_ptr<Simulation> start(const UnitAddress& address) const = 0;
};

/// What the engine asks the program that it runs for; main fills it from the registries.
struct Catalogue {
  /// The experiment of a point of a deck; throws deck::KeyError.
  std::function<std::unique_ptr<Experiment>(const deck::Parameters&)> make;
  /// The points of a deck and those that its experiment adds.
  std::function<std::vector<deck::Parameters>(std::vector<deck::Parameters>)> expand;
  /// "equation of state of 2 points in 1 dimension, Brownian forward process".
  std::function<std::string(const deck::Parameters&)> headline;
  /// Whether another seed is another target of this kind: disorder samples, not replicas.
  std::function<bool(const std::string& target)> quenched;
};

}  // namespace symbreak::measure
