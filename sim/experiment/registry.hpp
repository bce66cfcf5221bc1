// Kinds of experiments: what is done to a target and measured on it. May depend on: sim/measure,
// sim/target, sim/diffusion, sim/data, sim/deck, sim/random, analysis/{statistics,theory,fit},
// analysis/findings/*/observables.hpp. Knows neither MPI nor HDF5, and no findings beyond names.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/deck/deck.hpp"
#include "sim/measure/experiment.hpp"
#include "sim/target/parts.hpp"
#include "sim/target/target.hpp"

namespace symbreak::experiment {

using Eigen::Index;

/// One row of the registry: everything the rest of the program knows about an experiment.
struct ExperimentKind {
  std::string name;
  std::string text;                   ///< what it measures, with its source
  std::vector<deck::Key> keys;        ///< of [experiment] (without kind) and [sampling]
  std::vector<target::Part> needs{};  ///< of the target; make refuses one that cannot have them
  /// Bind to a point; throws deck::KeyError for combinations that make no sense.
  std::function<std::unique_ptr<measure::Experiment>(const deck::Parameters&)> make;
  /// Optional: extra points derived from the deck's (e.g. the critical isotherm at t_c).
  std::function<std::vector<deck::Parameters>(const std::vector<deck::Parameters>&)> expand{};
  /// Optional: the predicted critical value that `critical(+-w, n)` of key `experiment.t` centres
  /// on.
  std::function<double(const deck::Parameters&)> critical{};
};

/// ExperimentKind::make of a class that is constructed from the point.
template <class E>
std::unique_ptr<measure::Experiment> make(const deck::Parameters& point) {
  return std::make_unique<E>(point);
}

/// The one place where experiments are registered (sim/experiment/registry.cpp).
const std::vector<ExperimentKind>& kinds();
const ExperimentKind& kind(const std::string& name);

/// Who runs on whom, by what one needs and the other provides: names in the order of the
/// registries. A member of a kind may still lack what others of its kind have, and is then refused
/// when made.
std::vector<std::string> targets_of(const ExperimentKind& kind);
std::vector<std::string> experiments_of(const target::TargetKind& target);

/// Starts the programs beside this one that the points of a deck need (the workers of networks), one
/// after the other, after `tell` has said which. What a program says of itself becomes part of the
/// identity of its points. Returns what must live until they are planned. Throws deck::KeyError.
std::vector<std::shared_ptr<const void>> begin(deck::Deck& deck,
                                               const std::function<void(const std::string&)>& tell);

/// What a deck may say: all keys of all kinds, and the checks that need physics.
deck::Catalogue decks();
/// What the engine needs of the registries of experiments and targets.
measure::Catalogue catalogue();

}  // namespace symbreak::experiment
