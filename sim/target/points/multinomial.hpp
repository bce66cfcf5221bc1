// Occupation numbers of n independent draws from a discrete law. May depend on: sim/random.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/random/stream.hpp"

namespace symbreak::target {

/// Counts of n draws from weights w_j >= 0 (unnormalised), by conditional binomials:
/// c_j ~ Binomial(n - c_1 - .. - c_{j-1}, w_j / (w_j + .. + w_N)). O(N), independent of n.
std::vector<std::int64_t> multinomial(std::int64_t n, std::span<const double> weights,
                                      random::Stream& stream);

/// Number of successes in n trials of probability p (clamped to [0,1]).
std::int64_t binomial(std::int64_t n, double p, random::Stream& stream);

}  // namespace symbreak::target
