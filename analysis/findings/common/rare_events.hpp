// Errors of frequencies of events that hardly happen. May depend on: the standard library.
#pragma once
#include <algorithm>
#include <cmath>

namespace symbreak::findings {

/// Standard error of the frequency of an event of known probability among `samples`, where fewer
/// than 10 are expected to happen (or not to); else 0. A sample that holds none shows no error.
inline double rare_event_error(double probability, double samples) {
  const double variance = std::max(0.0, probability * (1 - probability));
  return samples * variance < 10 ? std::sqrt(variance / samples) : 0;
}

}  // namespace symbreak::findings
