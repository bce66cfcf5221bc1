// The clock of a recorded point. May depend on: analysis/{theory,verdict}.
#pragma once
#include "analysis/theory/clock.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::findings {

/// The forward process that the point was run with.
inline theory::NoiseClock clock_of(const verdict::Point& point) {
  return theory::NoiseClock(theory::clock_named(point.parameters.at("forward.clock")),
                            point.number("forward.sigma"), point.number("forward.beta_min"),
                            point.number("forward.beta_max"));
}

}  // namespace symbreak::findings
