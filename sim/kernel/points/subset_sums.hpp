// Sums of the numbers whose bits are set, by tables of the sums of all subsets of a few of them, in
// registers: inner part of bits.cpp. May depend on: bit_points.hpp, bit_lanes.hpp.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/kernel/points/bit_lanes.hpp"
#include "sim/kernel/points/bit_points.hpp"

namespace symbreak::kernel::bit_lanes {

constexpr std::size_t columns = BitLine::columns;

/// Bits of one lookup: the sums of 2^5 subsets fill two registers of 16 lanes, of 2^3 one of 8.
constexpr std::size_t field = lanes == 16 ? 5 : 3, fields_of_word = BitLine::bits / field;
/// Rows of 16 columns whose sums for W walkers stay in registers together with one table.
template <std::size_t W>
constexpr std::size_t rows_at_once = lanes == 16 ? 5 : (W == 1 ? 2 : 1);

/// The sums of all subsets of `field` numbers: bit i of an index tells whether number i is in.
struct alignas(sizeof(Ints)) Table {
  std::array<std::int32_t, std::size_t{1} << field> sums;

  /// Numbers `stride` apart.
  [[gnu::always_inline]] void fill(const std::int32_t* numbers, std::size_t stride) {
    Ints sum{};
#pragma GCC unroll 4
    for (int i = 0; i < std::countr_zero(lanes); ++i, numbers += stride) {
      sum += *numbers & -(lane_numbers() >> i & 1);
    }
    store(sum, sums.data());
    if constexpr (field == 5) store(sum + *numbers, sums.data() + lanes);
  }
};

/// A table in registers.
struct Lookup {
  Ints low, high;

  [[gnu::always_inline]] explicit Lookup(const Table& table)
      : low(load<Ints>(table.sums.data())), high(load<Ints>(table.sums.end() - lanes)) {
    // Otherwise GCC loads a table anew for every lookup where there are few.
    if constexpr (field == 5) asm("" : "+v"(low), "+v"(high));
  }
  [[gnu::always_inline]] Ints operator[](Bits index) const {
    return field == 5 ? shuffle(low, high, index) : shuffle(low, index);
  }
};

/// Sums over the fields of columns of bits, for walkers that have a table for every field:
/// sums[w][column] += sum_f tables[w][f][bits of field f in the column].
struct FieldSums {
  const BitLine* lines;  ///< the first of the first row of 16 columns
  std::size_t line_stride, fields, fields_per_line;
  const Table* tables;
  std::size_t table_stride;
  std::int32_t* sums;
  std::size_t sum_stride;
  bool fresh;  ///< sums start at 0

  /// For W walkers, R rows at a time.
  template <std::size_t W, std::size_t R = rows_at_once<W>>
  void add(std::size_t rows) {
    for (; rows >= R; rows -= R, lines += R * line_stride, sums += R * columns) add_tile<W, R>();
    if constexpr (R > 1) add<W, R / 2>(rows);
  }

 private:
  template <std::size_t W, std::size_t R>
  void add_tile() const {
    constexpr std::size_t parts = columns / lanes, vectors = R * parts;
    const auto place = [this](std::size_t w, std::size_t v) {
      return sums + w * sum_stride + v * lanes;
    };
    Ints sum[W * vectors];
#pragma GCC unroll 20
    for (std::size_t i = 0; i < W * vectors; ++i) {
      sum[i] = fresh ? Ints{} : load<Ints>(place(i / vectors, i % vectors));
    }
    const BitLine* line = lines;
    for (std::size_t first = 0; first < fields; first += fields_per_line, ++line) {
      Bits index[vectors];
#pragma GCC unroll 5
      for (std::size_t v = 0; v < vectors; ++v) {
        index[v] = load<Bits>(&line[v / parts * line_stride].words[v % parts * lanes]);
      }
      const std::size_t end = std::min(first + fields_per_line, fields);
      for (std::size_t f = first; f < end; ++f) {
#pragma GCC unroll 4
        for (std::size_t w = 0; w < W; ++w) {
          const Lookup table(tables[w * table_stride + f]);
#pragma GCC unroll 5
          for (std::size_t v = 0; v < vectors; ++v) sum[w * vectors + v] += table[index[v]];
        }
#pragma GCC unroll 5
        for (std::size_t v = 0; v < vectors; ++v) index[v] >>= field;
      }
    }
#pragma GCC unroll 20
    for (std::size_t i = 0; i < W * vectors; ++i) store(sum[i], place(i / vectors, i % vectors));
  }
};

/// Bit i of lane l of v[r] becomes bit r of lane l of v[i]: exchanges ever smaller squares (Warren,
/// Hacker's Delight, 7-3).
inline void transpose_bits(std::array<Bits, 32>& v) {
  std::uint32_t mask = 0xffff;
#pragma GCC unroll 5
  for (std::size_t side = 16; side > 0; side /= 2, mask ^= mask << side) {
#pragma GCC unroll 32
    for (std::size_t at = 0; at < 32; ++at) {
      if ((at & side) != 0) continue;
      const Bits swap = (v[at] >> static_cast<int>(side) ^ v[at + side]) & mask;
      v[at + side] ^= swap;
      v[at] ^= swap << static_cast<int>(side);
    }
  }
}

}  // namespace symbreak::kernel::bit_lanes
