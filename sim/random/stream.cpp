#include "sim/random/stream.hpp"

#include <Random123/philox.h>

#include <bit>
#include <cmath>
#include <numbers>

namespace symbreak::random {
namespace {

/// Block `index` of a stream: two 64-bit words.
void philox_block(std::uint64_t key, std::uint64_t high, std::uint64_t index,
                  std::uint64_t block[2]) {
  const auto low_half = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  const auto high_half = [](std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); };
  const r123::Philox4x32::ctr_type counter = {
      {low_half(index), high_half(index), low_half(high), high_half(high)}};
  const r123::Philox4x32::key_type round_key = {{low_half(key), high_half(key)}};
  const auto out = r123::Philox4x32{}(counter, round_key);
  block[0] = out[0] | std::uint64_t{out[1]} << 32;
  block[1] = out[2] | std::uint64_t{out[3]} << 32;
}

double open_unit_interval(std::uint64_t word) {
  return std::bit_cast<double>(word >> 12 | 0x3ff0000000000000u) - (1 - 0x1p-53);
}

}  // namespace

Stream::Stream(const Address& address) {
  const r123::Philox4x64::ctr_type words = {
      {address.seed, address.point, std::uint64_t{address.disorder} << 32 | address.replica,
       static_cast<std::uint64_t>(address.purpose)}};
  const auto hash = r123::Philox4x64{}(words, r123::Philox4x64::key_type{{0, 0}});
  key_ = hash[0];
  high_ = hash[1];
}

Stream::result_type Stream::operator()() {
  const std::uint64_t index = position_ / 2;
  if (index != cached_) {
    philox_block(key_, high_, index, block_);
    cached_ = index;
  }
  return block_[position_++ % 2];
}

void Stream::seek(std::uint64_t position) { position_ = position; }

double Stream::uniform() { return open_unit_interval((*this)()); }

double Stream::normal() {
  double first = 0;
  normals({&first, 1});
  return first;
}

void Stream::words(std::span<std::uint64_t> out) {
  for (auto& word : out) word = (*this)();
}

void Stream::uniforms(std::span<double> out) {
  for (auto& value : out) value = uniform();
}

void Stream::normals(std::span<double> out) {
  for (std::size_t i = 0; i < out.size(); i += 2) {
    const auto radius_word = static_cast<double>((*this)() | 1);
    const double radius = std::sqrt(-2 * std::log(radius_word * 0x1p-64));
    const double angle = 2 * std::numbers::pi * uniform();
    out[i] = radius * std::cos(angle);
    if (i + 1 < out.size()) out[i + 1] = radius * std::sin(angle);
  }
}

void Stream::normals(std::span<float> out) {
  double pair[2];
  for (std::size_t i = 0; i < out.size(); i += 2) {
    normals(pair);
    out[i] = static_cast<float>(pair[0]);
    if (i + 1 < out.size()) out[i + 1] = static_cast<float>(pair[1]);
  }
}

}  // namespace symbreak::random
