// Declaration of one deck key. It feeds parsing, range checks, `explain`, the resolved deck in the
// result file and the README's tables. May depend on: the standard library.
#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace symbreak::deck {

/// What is written. `seed` is an unsigned 64-bit integer kept as exact text (doubles end at 2^53).
enum class Kind { integer, real, word, text, boolean, duration, file, seed };

/// What a changed value means for a run that is resumed.
enum class Role {
  physics,     ///< part of the point's identity: a change is refused with a diff
  statistics,  ///< amount of sampling: may be raised, never lowered
  control,     ///< walltime, checkpoint interval, output: free to change
};

/// Keys of statistics that only add units: raised, all that is finished is kept.
inline constexpr const char* kUnitCounts[] = {"sampling.replicas", "sampling.disorder_samples"};
/// The one that only adds to the end of units: raised, they go on where they ended. Every other one
/// changes what a unit is, and the units are done again.
inline constexpr const char* kUnitLength = "sampling.blocks";

/// Whether a comma list in the deck is a value or a sweep.
enum class Arity { scalar, list };

struct Key {
  std::string section{};  ///< "experiment"
  std::string name{};     ///< "t"
  std::string alias{};    ///< another name that decks may use: the same key
  Kind kind = Kind::real;
  std::optional<std::string>
      fallback{};  ///< default, as it would be written in a deck; none: required. "": an empty list
                   ///< or word; for a single number the key is then absent (Parameters::has)
  std::string unit{};  ///< "" when dimensionless; documentation only
  std::string text{};  ///< one line, what it is (normalisation, convention)
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool open_minimum = false;           ///< minimum itself excluded
  std::vector<std::string> choices{};  ///< allowed words, Kind::word only
  Role role = Role::physics;
  Arity arity = Arity::scalar;
  bool critical = false;   ///< `critical(+-w, n)` is allowed
  bool automatic = false;  ///< `auto(tolerance)` is: the program chooses the number
  bool folder = false;     ///< Kind::file: a folder of files will do
  /// Fallback "": a deck that does not set the key has no trace of it, also where a word would be
  /// empty. A key that is added to a kind can so leave the random numbers of older decks as they were.
  bool optional = false;
  /// What other keys must say for this one to be read, all of it (used_with.hpp); a deck that sets
  /// it otherwise is in error. Keys of the same section go by their names:
  ///   "preset=custom|two_levels"  one of these values;  "churn!=0"  another value;
  ///   "scales"  is given (not empty);  "!file"  is not given;
  ///   "state=trajectory or clones=reverse"  one of these.
  std::vector<std::string> used_with{};

  std::string path() const { return section + "." + name; }
};

}  // namespace symbreak::deck
