// Files of bits, and how often each bit follows each. May depend on: sim/deck.
#pragma once
#include <cstdint>
#include <string>

namespace symbreak::data {

struct BitPairs {
  std::uint64_t bits = 0;
  std::uint64_t count[2][2] = {};  ///< [bit][next bit]
  /// P(bit|bit) by the rule of Krichevsky & Trofimov, (n + 1/2)/(N + 1): never 0 nor 1.
  double stay_probability(int bit) const {
    const auto same = static_cast<double>(count[bit][bit]);
    return (same + 0.5) / (same + static_cast<double>(count[bit][1 - bit]) + 1);
  }
};

/// format: auto, text or bytes. Throws deck::KeyError at `key`: no such file, other characters,
/// fewer than two bits.
BitPairs read_bits(const std::string& file, const std::string& key, const std::string& format);

}  // namespace symbreak::data
