// Decks: INI text -> points of a sweep, with every error located. May depend on: sim/deck, analysis/layout,
// fmt.
//
//   [section]
//   key = value            # comment
// `#` starts a comment at the start of a line or after a blank. Durations carry a unit (`30 min`,
// `2 h`, `12:00:00`). Comma lists mix numbers with lin(a,b,n), log(a,b,n) (ends included; rounded
// to 15 digits, so that 0.3 is 0.3 however it was made) and critical(+-w, n): n values evenly
// spaced over t_c (1 - w) .. t_c (1 + w), evaluated at the other values of each point; a list with
// `critical` is the sorted union of its parts. A list where a scalar is declared is a sweep; sweeps
// multiply, the last in the deck fastest; `zip = target.w0, experiment.t` in [run] advances several
// together, at the place of the first.
#pragma once
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "analysis/layout/layout.hpp"
#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::deck {

/// All errors of a deck at once, each "file:line:column: what; allowed; did you mean". Exit 2.
struct Errors : std::runtime_error {
  std::vector<std::string> messages;
  explicit Errors(std::vector<std::string> list);
};

/// What a deck may contain. Filled from the registries by the caller, so that this folder knows
/// neither targets nor experiments.
struct Catalogue {
  struct Entry {
    std::string name, text;
    std::vector<Key> keys;
    std::vector<std::string> partners{};  ///< experiments of a target, targets of an experiment
    /// What an experiment records: on which target, and the names with unit and meaning.
    std::function<std::pair<std::string, std::vector<layout::Definition>>()> measures{};
  };
  std::vector<Key> common;  ///< [run], [forward], target.kind, experiment.kind
  std::vector<Entry> targets, experiments;
  /// Predicted critical value of experiment.t, all other keys being set; may throw KeyError.
  std::function<double(const Parameters&)> critical;
  /// Context check of one point (builds target and experiment); throws KeyError.
  std::function<void(const Parameters&)> validate;
  std::size_t most_points = 1'000'000;  ///< a larger sweep, or list, is an error
  /// Hash of what a file holds; "" where it cannot be read (its reader will say so). Unset: files
  /// are known by their names.
  std::function<std::string(const std::string& path)> contents{};
  bool unused_keys = false;  ///< keys that nothing reads are no errors: continues an older run
};

/// Keys of [run] and the selectors target.kind, experiment.kind.
std::vector<Key> common_keys();

/// One resolved key of the deck as it goes into the result file.
struct Setting {
  std::string path, text;  ///< canonical text; a sweep shows all its values
  std::string origin;      ///< "deck.ini:12", "command line", "default"
  Role role;
  std::string contents{};  ///< of files: their hashes
  /// What decides whether two runs are of the same kind.
  const std::string& identity() const { return contents.empty() ? text : contents; }
};

struct Deck {
  std::string file, verbatim;
  std::vector<Setting> settings;
  std::vector<std::string> swept;  ///< key paths with more than one value, deck order
  std::vector<Parameters> points;  ///< the sweep, in deck order, last key fastest
  const Parameters& first() const { return points.front(); }
};

/// Parse, resolve, expand and validate. `overrides` are --set section.key=value. Throws Errors with
/// every message found. File keys are resolved relative to the deck (those of
/// --set also to the working directory), then to each directory of the colon-separated environment
/// variable SYMBREAK_DATA, then to /usr/share/datasets.
Deck load(const std::string& path, const std::vector<std::string>& overrides,
          const Catalogue& catalogue);
/// The same from text (rank 0 reads, everyone parses).
Deck parse(const std::string& text, const std::string& name,
           const std::vector<std::string>& overrides, const Catalogue& catalogue);

/// Differences of physics keys, lowered statistics and seed between two resolved decks, one line
/// each ("target.w0: 0.2 -> 0.3"); empty when the second may continue a run of the first.
std::vector<std::string> incompatibilities(const std::vector<Setting>& before,
                                           const std::vector<Setting>& after);

/// Seconds of "90 s", "30 min", "2 h", "1.5 d", "HH:MM:SS" or "D-HH:MM:SS"; throws Errors that
/// begin with `where`.
double duration(const std::string& text, const std::string& where);

/// Nearest valid spelling, upper and lower case being the same, "" if none: Damerau-Levenshtein
/// distance (adjacent swaps count one) of at most 2 edits or a third of the length, and never more
/// than half of the letters.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);

/// Text for `symbreak explain [topic|section|kind|key|section.key]` ("": overview), no line wider
/// than `width`. Any other word is looked for in all names and texts; throws Errors (exit 2) where
/// it does not occur.
std::string explain(const std::string& what, const Catalogue& catalogue, std::size_t width = 80);
/// Markdown table of keys, for the README.
std::string markdown(const std::vector<Key>& keys);
/// Markdown for the documentation: "target" or "experiment": a table of the kinds; a kind: its keys;
/// "": every key of every kind.
std::string markdown(const std::string& what, const Catalogue& catalogue);

}  // namespace symbreak::deck
