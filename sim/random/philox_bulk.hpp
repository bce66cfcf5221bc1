// Many consecutive Philox4x32-10 blocks of one stream at once, one block per vector lane. The
// compiler does not vectorise Philox from plain loops, hence the vector extensions; the only
// intrinsic is the 32 x 32 -> 64 bit product. May depend on: the standard library.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace symbreak::random {

#if defined(__AVX512F__)
constexpr std::size_t philox_lanes = 8;
#elif defined(__AVX2__)
constexpr std::size_t philox_lanes = 4;
#else
constexpr std::size_t philox_lanes = 2;
#endif
/// Independent vectors in flight hide the latency of the product.
constexpr std::size_t philox_interleave = 2;
constexpr std::size_t philox_group = philox_lanes * philox_interleave;

using PhiloxLanes [[gnu::vector_size(8 * philox_lanes)]] = std::uint64_t;

/// Product of the low 32-bit halves of each lane.
inline PhiloxLanes low_product(PhiloxLanes a, PhiloxLanes b) {
#if defined(__AVX512F__)
  // The masked form with all lanes on: GCC 12 warns about the undefined source of the plain one.
  return (PhiloxLanes)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (PhiloxLanes)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

/// Fills even[i], odd[i] with the two 64-bit words of block index + i, for i < count; both arrays
/// have room for count rounded up to whole groups. The 32-bit words of a block live in the low
/// halves of 64-bit lanes, their high halves carry rubbish that nothing reads.
inline void philox_blocks(std::uint64_t key, std::uint64_t high, std::uint64_t index,
                          std::size_t count, std::uint64_t* even, std::uint64_t* odd) {
  constexpr std::size_t rounds = 10;
  std::array<std::array<PhiloxLanes, 2>, rounds> round_keys;
  auto key_low = static_cast<std::uint32_t>(key), key_high = static_cast<std::uint32_t>(key >> 32);
  for (auto& round_key : round_keys) {
    round_key = {PhiloxLanes{} + key_low, PhiloxLanes{} + key_high};
    key_low += 0x9e3779b9;
    key_high += 0xbb67ae85;
  }
  const PhiloxLanes multiplier_0 = PhiloxLanes{} + 0xd2511f53;
  const PhiloxLanes multiplier_1 = PhiloxLanes{} + 0xcd9e8d57;
  PhiloxLanes lane_numbers;
  for (std::size_t lane = 0; lane < philox_lanes; ++lane) lane_numbers[lane] = lane;

  for (std::size_t done = 0; done < count; done += philox_group) {
    std::array<PhiloxLanes, philox_interleave> c0, c1, c2, c3;
    for (std::size_t v = 0; v < philox_interleave; ++v) {
      c0[v] = lane_numbers + (index + done + v * philox_lanes);
      c1[v] = c0[v] >> 32;
      c2[v] = PhiloxLanes{} + high;
      c3[v] = c2[v] >> 32;
    }
    for (const auto& round_key : round_keys) {
      for (std::size_t v = 0; v < philox_interleave; ++v) {
        const PhiloxLanes product_0 = low_product(c0[v], multiplier_0);
        const PhiloxLanes product_1 = low_product(c2[v], multiplier_1);
        c0[v] = product_1 >> 32 ^ c1[v] ^ round_key[0];
        c1[v] = product_1;
        c2[v] = product_0 >> 32 ^ c3[v] ^ round_key[1];
        c3[v] = product_0;
      }
    }
    for (std::size_t v = 0; v < philox_interleave; ++v) {
      const PhiloxLanes word_0 = (c0[v] & 0xffffffffu) | c1[v] << 32;
      const PhiloxLanes word_1 = (c2[v] & 0xffffffffu) | c3[v] << 32;
      __builtin_memcpy(even + done + v * philox_lanes, &word_0, sizeof word_0);
      __builtin_memcpy(odd + done + v * philox_lanes, &word_1, sizeof word_1);
    }
  }
}

}  // namespace symbreak::random
