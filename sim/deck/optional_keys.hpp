// Keys that leave no trace in decks that do not set them (Key::optional): how a kind grows without
// changing the identity, and so the random numbers, of older decks. May depend on: key_forms.hpp.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "sim/deck/key_forms.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::deck {

inline Key optional_key(Key key) {
  key.fallback = "";
  key.optional = true;
  return key;
}

/// A whole number that is `otherwise` where the deck does not say (count_or).
inline Key optional_count(const std::string& section, const std::string& name,
                          std::int64_t otherwise, double least, const std::string& text) {
  return optional_key(
      count_key(section, name, "", text + "; not set: " + std::to_string(otherwise), least, 1e7));
}
inline std::int64_t count_or(const Parameters& parameters, const std::string& path,
                             std::int64_t otherwise) {
  return parameters.has(path) ? parameters.integer(path) : otherwise;
}

}  // namespace symbreak::deck
