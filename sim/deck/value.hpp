// The text of one value -> typed numbers or words. May depend on: sim/deck/{key,scan,spelling}.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/deck/scan.hpp"

namespace symbreak::deck {

/// All items of a list; a single value is a list of one.
struct Items {
  std::vector<double> numbers;
  std::vector<double> offsets;  ///< critical: the values t_c (1 + offset), ascending, each once
  std::vector<std::string> words, paths, contents;  ///< as in Value
  std::vector<std::string> windows;                 ///< critical(+-w, n) as written, normalised
  std::size_t size() const { return numbers.size() + offsets.size() + words.size(); }
  /// Item i alone, numbers first (critical values are not among them).
  Value pick(const Key& key, std::size_t i) const;
  /// All items but critical ones.
  Value all(const Key& key) const;
  /// Canonical text of the whole list, critical windows last.
  std::string text(const Key& key) const;
};

/// What reading needs to know of its surroundings.
struct Search {
  std::filesystem::path deck_directory;  ///< data files are relative to it, else in SYMBREAK_DATA
  std::size_t most_items = 0;            ///< of one list
  std::function<std::string(const std::string& path)> contents;  ///< as in Catalogue
};

/// Reads a value, complaining about each bad item at its column; nullopt after a complaint.
std::optional<Items> read_value(const Key& key, const std::string& text, const Place& place,
                                const Search& search, Complaints& complaints);

/// The message with the key it is about, unless the place says it.
std::string named(const Place& place, const Key& key, const std::string& message);

/// What is wrong with a number outside of the range of its key; nullopt when it is inside.
std::optional<std::string> range_fault(const Key& key, double number);

}  // namespace symbreak::deck
