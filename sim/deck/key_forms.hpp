// Common forms of a key. May depend on: key.hpp.
#pragma once
#include <string>

#include "sim/deck/key.hpp"

namespace symbreak::deck {

/// A whole number that belongs to the point's identity.
inline Key count_key(const std::string& section, const std::string& name,
                     const std::string& fallback, const std::string& text, double minimum = 1,
                     double maximum = 1e9) {
  return {.section = section,
          .name = name,
          .kind = Kind::integer,
          .fallback = fallback,
          .text = text,
          .minimum = minimum,
          .maximum = maximum};
}

/// An amount of sampling, in [sampling].
inline Key sampling_key(const std::string& name, const std::string& fallback,
                        const std::string& text, double minimum = 1, double maximum = 1e9) {
  Key key = count_key("sampling", name, fallback, text, minimum, maximum);
  key.role = Role::statistics;
  return key;
}

/// A real number above 0.
inline Key positive_key(const std::string& section, const std::string& name,
                        const std::string& fallback, const std::string& text) {
  return {.section = section,
          .name = name,
          .fallback = fallback,
          .text = text,
          .minimum = 0,
          .open_minimum = true};
}

}  // namespace symbreak::deck
