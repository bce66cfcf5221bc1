// The forward process of a deck. May depend on: sim/deck, analysis/theory.
#pragma once
#include <vector>

#include "analysis/theory/clock.hpp"
#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"

namespace symbreak::diffusion {

using theory::Channel;
using theory::Clock;

/// The clock (theory::NoiseClock) that section [forward] asks for.
class Forward : public theory::NoiseClock {
 public:
  using theory::NoiseClock::NoiseClock;
  explicit Forward(const deck::Parameters& parameters);
  static std::vector<deck::Key> keys();
};

/// Refuses times that a clock does not have: ddpm ends at t = 1. Throws deck::KeyError of `key`.
void require_time(const theory::NoiseClock& clock, double t, const std::string& key);

}  // namespace symbreak::diffusion
