// Common forms of a key. May depend on: key.hpp.
#pragma once
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/deck/key.hpp"

namespace symbreak::deck {

/// A default as it would be written in a deck, or `required` (Key::fallback).
using Fallback = std::optional<std::string>;
inline constexpr std::nullopt_t required = std::nullopt;
inline constexpr double unlimited = std::numeric_limits<double>::infinity();

/// A key without limits; the forms below set theirs.
inline Key plain_key(Kind kind, const std::string& section, const std::string& name,
                     const Fallback& fallback, const std::string& text) {
  return {.section = section, .name = name, .kind = kind, .fallback = fallback, .text = text};
}

/// A real number, limits included.
inline Key real_key(const std::string& section, const std::string& name, const Fallback& fallback,
                    const std::string& text, double minimum = -unlimited,
                    double maximum = unlimited) {
  Key key = plain_key(Kind::real, section, name, fallback, text);
  key.minimum = minimum;
  key.maximum = maximum;
  return key;
}

/// A real number above 0.
inline Key positive_key(const std::string& section, const std::string& name,
                        const Fallback& fallback, const std::string& text,
                        double maximum = unlimited) {
  Key key = real_key(section, name, fallback, text, 0, maximum);
  key.open_minimum = true;
  return key;
}

/// The diffusion time `t` of an experiment; `critical(+-w, n)` is allowed.
inline Key time_key(const std::string& text = "diffusion time in the deck's clock",
                    const Fallback& fallback = required) {
  Key key = positive_key("experiment", "t", fallback, text);
  key.critical = true;
  return key;
}

/// A whole number that belongs to the point's identity.
inline Key count_key(const std::string& section, const std::string& name, const Fallback& fallback,
                     const std::string& text, double minimum = 1, double maximum = 1e9) {
  Key key = real_key(section, name, fallback, text, minimum, maximum);
  key.kind = Kind::integer;
  return key;
}

/// The same key with another role.
inline Key with_role(Role role, Key key) {
  key.role = role;
  return key;
}

/// The same key, read only under this condition as well (Key::used_with).
inline Key used_with(const std::string& condition, Key key) {
  key.used_with.insert(key.used_with.begin(), condition);
  return key;
}
inline std::vector<Key> used_with(const std::string& condition, std::vector<Key> keys) {
  for (Key& key : keys) key = used_with(condition, key);
  return keys;
}

/// The same key for a list of such values.
inline Key list_of(Key key) {
  key.arity = Arity::list;
  return key;
}

/// The same key, which decks may also call `alias`.
inline Key with_alias(const std::string& alias, Key key) {
  key.alias = alias;
  return key;
}

/// One list after the other.
inline std::vector<Key> joined(std::initializer_list<std::vector<Key>> lists) {
  std::vector<Key> keys;
  for (const auto& list : lists) keys.insert(keys.end(), list.begin(), list.end());
  return keys;
}

/// An amount of sampling, in [sampling].
inline Key sampling_key(const std::string& name, const std::string& fallback,
                        const std::string& text, double minimum = 1, double maximum = 1e9) {
  return with_role(Role::statistics, count_key("sampling", name, fallback, text, minimum, maximum));
}

/// One of the words `choices`; none listed: any word, or those the program fills in.
inline Key word_key(const std::string& section, const std::string& name, const Fallback& fallback,
                    const std::string& text, std::vector<std::string> choices = {}) {
  Key key = plain_key(Kind::word, section, name, fallback, text);
  key.choices = std::move(choices);
  return key;
}

}  // namespace symbreak::deck
