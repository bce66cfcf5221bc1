// Random bits for kernels that update 64 replicas at once. May depend on: simd.hpp.
//
// Counter-based Philox costs 0.45 ns per word, as much as the whole update of a spin; here sixteen
// xoroshiro128++ generators (Blackman & Vigna, ACM Trans. Math. Softw. 47 (2021) 36) run side by
// side in vector lanes. Their 32 words of state come from a random::Stream of the caller, so they
// are a pure function of its address, and n generators of length l overlap with probability n^2
// l/2^128. The words are the same for every vector width.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/kernel/simd.hpp"

namespace symbreak::kernel {

/// One generator, for what is rare.
class WordRandom {
 public:
  WordRandom(std::uint64_t a, std::uint64_t b) : a_(a), b_(b) {}
  std::uint64_t operator()() {
    const std::uint64_t out = std::rotl(a_ + b_, 17) + a_;
    b_ ^= a_;
    a_ = std::rotl(a_, 49) ^ b_ ^ (b_ << 21);
    b_ = std::rotl(b_, 28);
    return out;
  }
  /// In the open interval (0,1).
  double uniform() { return (static_cast<double>((*this)() >> 12) + 0.5) * 0x1p-52; }
  std::array<std::uint64_t, 2> state() const { return {a_, b_}; }

 private:
  std::uint64_t a_, b_;
};

class LaneRandom {
 public:
  static constexpr std::size_t generators = 16;
  static constexpr std::size_t state_words = 2 * generators;
  using State = std::array<std::uint64_t, state_words>;
  using Vector = Simd<std::uint64_t>::Vector;
  static constexpr std::size_t vectors = generators / Simd<std::uint64_t>::lanes;
  /// One word of every generator: 128 bytes.
  using Block = std::array<Vector, vectors>;

  explicit LaneRandom(std::span<const std::uint64_t, state_words> seed) {
    for (std::size_t v = 0; v < vectors; ++v) {
      a_[v] = load<Vector>(seed.data() + v * lanes);
      b_[v] = load<Vector>(seed.data() + generators + v * lanes);
    }
  }

  [[gnu::always_inline]] Block operator()() {
    Block out;
    for (std::size_t v = 0; v < vectors; ++v) {
      out[v] = rotated<17>(a_[v] + b_[v]) + a_[v];
      b_[v] ^= a_[v];
      a_[v] = rotated<49>(a_[v]) ^ b_[v] ^ (b_[v] << 21);
      b_[v] = rotated<28>(b_[v]);
    }
    return out;
  }

  State state() const {
    State words;
    for (std::size_t v = 0; v < vectors; ++v) {
      store(a_[v], words.data() + v * lanes);
      store(b_[v], words.data() + generators + v * lanes);
    }
    return words;
  }

 private:
  static constexpr std::size_t lanes = Simd<std::uint64_t>::lanes;
  template <int bits>
  [[gnu::always_inline]] static Vector rotated(Vector x) {
    return x << bits | x >> (64 - bits);
  }
  Block a_, b_;
};

}  // namespace symbreak::kernel
