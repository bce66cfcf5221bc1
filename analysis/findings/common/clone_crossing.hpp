// Where clones part ways, from a measured curve. May depend on: analysis/{fit,statistics,theory}.
#pragma once
#include <optional>
#include <vector>

#include "analysis/statistics/value.hpp"

namespace symbreak::findings {

/// The time at which clones agree with probability phi(1) = .7752: a quadratic (cubic from six
/// points on) through logit(2 p - 1) in ln s over .63 < p < .9, its error to first order.
/// `time` of each noise level is exact and interpolated. nullopt with fewer than 4 such points.
struct CloneCrossing {
  statistics::Value time;
  int points = 0;
};
std::optional<CloneCrossing> clone_crossing(const std::vector<double>& noise,
                                            const std::vector<double>& time,
                                            const std::vector<statistics::Value>& probability);

}  // namespace symbreak::findings
