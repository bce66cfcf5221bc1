// Errors of frequencies of events that hardly happen. May depend on: analysis/findings/common.
#pragma once
#include <algorithm>
#include <cmath>

#include "analysis/findings/common/grouping.hpp"

namespace symbreak::findings {

/// Standard error of the frequency of an event of known probability among `samples`, where fewer
/// than 10 are expected to happen (or not to); else 0. A sample that holds none shows no error.
inline double rare_event_error(double probability, double samples) {
  const double variance = std::max(0.0, probability * (1 - probability));
  return samples * variance < 10 ? std::sqrt(variance / samples) : 0;
}

/// A frequency among `samples`, or a difference from one, of an event whose probability is known.
inline Value with_rare_events(Value measured, double probability, double samples) {
  measured.error = std::max(measured.error, rare_event_error(probability, samples));
  return measured;
}

/// `identity` is how often an event happens, `frequency`, less its mean probability given the
/// states: the difference of both means is that probability. `together`: events that one recorded
/// sample averages.
inline Value event_identity(const Point& point, ObservableName identity, ObservableName frequency,
                            double together = 1) {
  const Value found = value_of(point, identity);
  const double samples = point.at(identity).estimate.ess[0] * together;
  const double probability = value_of(point, frequency).value - found.value;
  return with_rare_events(found, std::clamp(probability, 0.0, 1.0), samples);
}

}  // namespace symbreak::findings
