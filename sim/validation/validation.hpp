// `symbreak validate`: runs decks whose answers are known, and judges the judge: with several seeds
// the deviations z of independent runs must be standard normal, neither wider (a bias, an error bar
// too small) nor narrower (one too large). May depend on: sim/{ensemble,record}, analysis.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sim/ensemble/ensemble.hpp"

namespace symbreak::validation {

struct Options {
  std::vector<std::string> labels;  ///< parts of deck names, or kinds; none: every deck
  std::filesystem::path decks;      ///< folder of *.ini
  std::filesystem::path output;     ///< results: output/<deck>/seed_<n>
  int seeds = 1;                    ///< 1: the deck's own; else 1 ... seeds
};

/// Runs a deck; collective.
using RunDeck = std::function<ensemble::Exit(const std::filesystem::path& deck,
                                             const std::vector<std::string>& overrides,
                                             const std::filesystem::path& output)>;

/// Decks of a folder in the order of their names, those of a label: a part of the file's name, or
/// the value of one of its keys `kind`. Throws std::invalid_argument, naming what there is.
std::vector<std::filesystem::path> select(const std::filesystem::path& decks,
                                          const std::vector<std::string>& labels);

/// Collective. What is there already is continued, not repeated. Rank 0 prints a table per deck as
/// it ends, and with several seeds the law of all independent z: one verdict a run, at random among
/// its own, since verdicts of one run may share samples. Status: 0, or 4 where a deck disagrees
/// (one seed), or where the mean or the width of a quantity's z is not what it claims (p below
/// 1e-5), or a tail is heavier than its band; 2 where a deck could not run (data
/// that are not there; the others are judged); that of a run that failed or was stopped.
ensemble::Exit validate(const Options& options, const RunDeck& run);

}  // namespace symbreak::validation
