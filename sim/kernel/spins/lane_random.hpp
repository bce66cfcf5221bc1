// Random bits for kernels that update 64 replicas at once. May depend on: simd.hpp.
//
// Counter-based Philox costs 0.45 ns per word, as much as the whole update of a spin; here eight
// xoshiro256 generators (Blackman & Vigna, ACM Trans. Math. Softw. 47 (2021) 36) run side by side
// in vector lanes. A step gives each replica a high byte, from the xoshiro256++ output, and a low
// byte, from the sum s1 + s2 of two words of the same state: low bytes decide one update in 256
// only, and 128 of the 256 bits of state are shown. The 32 words of state come from a
// random::Stream of the caller, so they are a pure function of its address; n generators of length
// l overlap with probability n^2 l/2^256. The words are the same for every vector width.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "sim/kernel/simd/simd.hpp"

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
  static constexpr std::size_t generators = 8;
  static constexpr std::size_t state_words = 4 * generators;
  using State = std::array<std::uint64_t, state_words>;
  using Vector = Simd<std::uint64_t>::Vector;
  static constexpr std::size_t vectors = generators / Simd<std::uint64_t>::lanes;
  using Words = std::array<Vector, vectors>;
  /// 64 bytes from each.
  struct Block {
    Words high, low;
  };

  explicit LaneRandom(std::span<const std::uint64_t, state_words> seed) {
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t v = 0; v < vectors; ++v) {
        s_[k][v] = load<Vector>(seed.data() + k * generators + v * lanes);
      }
    }
  }

  [[gnu::always_inline]] Block operator()() {
    Block out;
    for (std::size_t v = 0; v < vectors; ++v) {
      Vector &a = s_[0][v], &b = s_[1][v], &c = s_[2][v], &d = s_[3][v];
      out.high[v] = rotated<23>(a + d) + a;
      out.low[v] = b + c;
      const Vector shifted = b << 17;
      d ^= b;
      b = xor_of(b, c, a);
      c = xor_of(c, a, shifted);
      a ^= d;
      d = rotated<45>(d);
    }
    return out;
  }

  State state() const {
    State words;
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t v = 0; v < vectors; ++v) {
        store(s_[k][v], words.data() + k * generators + v * lanes);
      }
    }
    return words;
  }

 private:
  static constexpr std::size_t lanes = Simd<std::uint64_t>::lanes;
  /// One instruction with AVX-512, which compilers do not find where two of the words are shared.
  [[gnu::always_inline]] static Vector xor_of(Vector x, Vector y, Vector z) {
#if defined(__AVX512F__)
    return (Vector)_mm512_ternarylogic_epi64((__m512i)x, (__m512i)y, (__m512i)z, 0x96);
#else
    return x ^ (y ^ z);
#endif
  }
  template <int bits>
  [[gnu::always_inline]] static Vector rotated(Vector x) {
    return x << bits | x >> (64 - bits);
  }
  std::array<Words, 4> s_;
};

}  // namespace symbreak::kernel
