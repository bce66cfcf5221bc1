// Bytes of 64 replicas in vector registers, and the operations on them that decide a spin. May
// depend on: simd.hpp.
//
// The one switch: with AVX-512BW or AVX2 the table lookup, the comparisons and the masks of lanes
// are intrinsics (byte shuffles and unsigned byte comparisons have no efficient vector-extension
// form), elsewhere the same in plain vector extensions. All give the same bits.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "sim/kernel/simd/simd.hpp"

namespace symbreak::kernel {

using Bytes = Simd<std::uint8_t>::Vector;
/// Registers for 64 lanes.
constexpr std::size_t byte_parts = 64 / sizeof(Bytes);
using ByteLanes = std::array<Bytes, byte_parts>;
/// The same in memory, in one cache line: a vector of 64 bytes that crosses a line costs two loads.
struct alignas(64) ByteRow {
  std::array<std::uint8_t, 64> lane;
};

[[gnu::always_inline]] inline ByteLanes read_bytes(const std::uint8_t* from) {
  ByteLanes lanes;
  for (std::size_t v = 0; v < byte_parts; ++v) lanes[v] = load<Bytes>(from + v * sizeof(Bytes));
  return lanes;
}
[[gnu::always_inline]] inline void write_bytes(const ByteLanes& lanes, std::uint8_t* to) {
  for (std::size_t v = 0; v < byte_parts; ++v) store(lanes[v], to + v * sizeof(Bytes));
}

/// The same 16 bytes for every run of 16 lanes.
[[gnu::always_inline]] inline ByteLanes repeat_sixteen(const std::uint8_t* from) {
  ByteLanes lanes;
#if defined(__AVX512BW__)
  lanes[0] = (Bytes)_mm512_maskz_broadcast_i32x4(0xffff, _mm_loadu_si128((const __m128i*)from));
#elif defined(__AVX2__)
  lanes[0] = (Bytes)_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i*)from));
  lanes[1] = lanes[0];
#else
  for (std::size_t v = 0; v < byte_parts; ++v) {
    for (std::size_t l = 0; l < sizeof(Bytes); ++l) lanes[v][l] = from[l % 16];
  }
#endif
  return lanes;
}

/// table[16 (l/16) + index_l] in lane l; every index < 16.
[[gnu::always_inline]] inline ByteLanes lookup(const ByteLanes& table, const ByteLanes& index) {
  ByteLanes found;
  for (std::size_t v = 0; v < byte_parts; ++v) {
#if defined(__AVX512BW__)
    found[v] = (Bytes)_mm512_shuffle_epi8((__m512i)table[v], (__m512i)index[v]);
#elif defined(__AVX2__)
    found[v] = (Bytes)_mm256_shuffle_epi8((__m256i)table[v], (__m256i)index[v]);
#else
    for (std::size_t l = 0; l < sizeof(Bytes); ++l) {
      found[v][l] = table[v][(l & ~std::size_t{15}) + index[v][l]];
    }
#endif
  }
  return found;
}

/// max(x - y, 0), which compares unsigned bytes without a mask.
[[gnu::always_inline]] inline Bytes excess(Bytes x, Bytes y) {
#if defined(__AVX512BW__)
  return (Bytes)_mm512_subs_epu8((__m512i)x, (__m512i)y);
#elif defined(__AVX2__)
  return (Bytes)_mm256_subs_epu8((__m256i)x, (__m256i)y);
#else
  return (x - y) & (Bytes)(x > y);
#endif
}

[[gnu::always_inline]] inline Bytes at_most_one(Bytes x) {
#if defined(__AVX512BW__)
  return (Bytes)_mm512_min_epu8((__m512i)x, _mm512_set1_epi8(1));
#elif defined(__AVX2__)
  return (Bytes)_mm256_min_epu8((__m256i)x, _mm256_set1_epi8(1));
#else
  return x < 1 ? x : 1;
#endif
}

/// Lanes where x and y are equal, as bits.
[[gnu::always_inline]] inline std::uint64_t equal(const ByteLanes& x, const ByteLanes& y) {
#if defined(__AVX512BW__)
  return _mm512_cmpeq_epu8_mask((__m512i)x[0], (__m512i)y[0]);
#elif defined(__AVX2__)
  std::uint64_t mask = 0;
  for (std::size_t v = 0; v < byte_parts; ++v) {
    const __m256i same = _mm256_cmpeq_epi8((__m256i)x[v], (__m256i)y[v]);
    mask |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(same))} << 32 * v;
  }
  return mask;
#else
  std::uint64_t mask = 0;
  for (std::size_t l = 0; l < 64; ++l) {
    const std::size_t v = l / sizeof(Bytes), k = l % sizeof(Bytes);
    mask |= std::uint64_t{x[v][k] == y[v][k]} << l;
  }
  return mask;
#endif
}

/// 1 in the lanes of a mask, 0 elsewhere.
[[gnu::always_inline]] inline ByteLanes bytes_of(std::uint64_t mask) {
  ByteLanes lanes;
#if defined(__AVX512BW__)
  lanes[0] = (Bytes)_mm512_maskz_set1_epi8(mask, 1);
#elif defined(__AVX2__)
  const __m256i byte_of_lane =
      _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit_of_lane = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201u));
  for (std::size_t v = 0; v < byte_parts; ++v) {
    const __m256i half = _mm256_set1_epi32(static_cast<int>(mask >> 32 * v));
    const __m256i bits = _mm256_and_si256(_mm256_shuffle_epi8(half, byte_of_lane), bit_of_lane);
    lanes[v] = at_most_one((Bytes)bits);
  }
#else
  for (std::size_t l = 0; l < 64; ++l) {
    lanes[l / sizeof(Bytes)][l % sizeof(Bytes)] = static_cast<std::uint8_t>(mask >> l & 1);
  }
#endif
  return lanes;
}

struct Decision {
  ByteLanes below;     ///< 1 where the number is below the threshold, else 0
  std::uint64_t ties;  ///< lanes where they are equal
};

/// Compares one byte.
[[gnu::always_inline]] inline Decision compare(const ByteLanes& number,
                                               const ByteLanes& threshold) {
  Decision result;
  for (std::size_t v = 0; v < byte_parts; ++v) {
    result.below[v] = at_most_one(excess(threshold[v], number[v]));
  }
  result.ties = equal(number, threshold);
  return result;
}

/// Compares 256 high + low with 256 threshold_high + threshold_low.
[[gnu::always_inline]] inline Decision compare(const ByteLanes& high, const ByteLanes& low,
                                               const ByteLanes& threshold_high,
                                               const ByteLanes& threshold_low) {
  Decision result;
#if defined(__AVX512BW__)  // one mask of equal high bytes for both uses
  const auto z0 = (__m512i)high[0], z1 = (__m512i)low[0];
  const auto t0 = (__m512i)threshold_high[0], t1 = (__m512i)threshold_low[0];
  const __mmask64 equal_high = _mm512_cmpeq_epu8_mask(z0, t0);
  const __m512i more = _mm512_mask_subs_epu8(_mm512_subs_epu8(t0, z0), equal_high, t1, z1);
  result.below[0] = at_most_one((Bytes)more);
  result.ties = _mm512_mask_cmpeq_epu8_mask(equal_high, z1, t1);
#else
  for (std::size_t v = 0; v < byte_parts; ++v) {
    const Bytes more = high[v] == threshold_high[v] ? excess(threshold_low[v], low[v])
                                                    : excess(threshold_high[v], high[v]);
    result.below[v] = at_most_one(more);
  }
  result.ties = equal(high, threshold_high) & equal(low, threshold_low);
#endif
  return result;
}

/// Bit l: whether byte l of 64 is 1 (they are 0 or 1).
[[gnu::always_inline]] inline std::uint64_t lane_mask(const std::uint8_t* from) {
  std::uint64_t mask = 0;
  for (std::size_t word = 0; word < 8; ++word) {
    std::uint64_t bytes;
    __builtin_memcpy(&bytes, from + 8 * word, sizeof bytes);
    // The product gathers bit 0 of byte k in bit 56 + k.
    mask |= (bytes * 0x0102040810204080u >> 56) << (8 * word);
  }
  return mask;
}

using Floats = Simd<float>::Vector;
constexpr std::size_t float_lanes = Simd<float>::lanes, float_parts = 64 / float_lanes;

/// weight where the byte of the lane is 1, -weight where it is 0; `from` points at as many bytes as
/// there are floats in a register.
[[gnu::always_inline]] inline Floats with_sign(const std::uint8_t* from, Floats weight) {
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  const __m128i bytes = _mm_loadu_si128((const __m128i*)from);
  const __mmask16 down = _mm_testn_epi8_mask(bytes, bytes);
  return (Floats)_mm512_mask_xor_epi32((__m512i)weight, down, (__m512i)weight,
                                       _mm512_set1_epi32(INT32_MIN));
#elif defined(__AVX2__)
  const __m256i bytes = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)from));
  const __m256i down = _mm256_slli_epi32(_mm256_xor_si256(bytes, _mm256_set1_epi32(1)), 31);
  return (Floats)_mm256_xor_si256((__m256i)weight, down);
#else
  for (std::size_t l = 0; l < float_lanes; ++l) weight[l] = from[l] != 0 ? weight[l] : -weight[l];
  return weight;
#endif
}

}  // namespace symbreak::kernel
