// Where a work unit stands in a run. May depend on: sim/random.
#pragma once
#include <cstdint>

#include "sim/random/stream.hpp"

namespace symbreak::measure {

/// Address of a unit; the only source of randomness of a simulation.
struct UnitAddress {
  std::uint64_t seed = 0;
  std::uint64_t point = 0;           ///< content hash of the point
  std::uint64_t disorder_point = 0;  ///< = point, or the shared one under share_disorder
  std::uint32_t disorder = 0, replica = 0;
  random::Address address(random::Purpose purpose) const {
    const bool quenched = purpose == random::Purpose::data || purpose == random::Purpose::levels;
    return {seed, quenched ? disorder_point : point, disorder, quenched ? 0 : replica, purpose};
  }
  random::Stream stream(random::Purpose purpose) const { return random::Stream(address(purpose)); }
};

}  // namespace symbreak::measure
