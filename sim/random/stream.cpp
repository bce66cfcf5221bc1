#include "sim/random/stream.hpp"

#include <Random123/philox.h>

#include <algorithm>

#include "sim/random/box_muller.hpp"
#include "sim/random/philox_bulk.hpp"

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

/// Bulk generation works on this many blocks at a time, in the first-level cache.
constexpr std::size_t batch = 64;
static_assert(batch % philox_group == 0);

/// Shorter requests are not worth a batch.
constexpr std::size_t few = 8;

/// pairs[2i], pairs[2i+1] from radius_words[i], angle_words[i].
template <class Real>
void normal_pairs(const std::uint64_t* radius_words, const std::uint64_t* angle_words,
                  std::size_t count, Real* pairs) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto [first, second] = normal_pair(radius_words[i], angle_words[i]);
    pairs[2 * i] = static_cast<Real>(first);
    pairs[2 * i + 1] = static_cast<Real>(second);
  }
}

template <class Real>
void fill_normals(std::uint64_t key, std::uint64_t high, std::uint64_t position,
                  std::span<Real> out) {
  std::uint64_t even[batch], odd[batch];
  Real last[2];
  // From an odd position each pair straddles two blocks, and a batch holds one pair less.
  const std::size_t straddles = position % 2, pairs_per_batch = batch - straddles;
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t whole_pairs = std::min((out.size() - done) / 2, pairs_per_batch);
    const std::size_t pairs = std::max<std::size_t>(whole_pairs, 1);
    philox_blocks(key, high, position / 2, pairs + straddles, even, odd);
    const std::uint64_t* radius_words = straddles ? odd : even;
    const std::uint64_t* angle_words = straddles ? even + 1 : odd;
    if (whole_pairs > 0) {
      normal_pairs(radius_words, angle_words, pairs, out.data() + done);
      done += 2 * pairs;
    } else {
      normal_pairs(radius_words, angle_words, 1, last);
      out[done++] = last[0];
    }
    position += 2 * pairs;
  }
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
  const std::uint64_t radius_word = (*this)(), angle_word = (*this)();
  return normal_pair(radius_word, angle_word).first;
}

void Stream::words(std::span<std::uint64_t> out) {
  std::size_t done = 0;
  if (position_ % 2 == 1 && !out.empty()) out[done++] = (*this)();
  std::uint64_t even[batch], odd[batch];
  while (out.size() - done >= few) {
    const std::size_t blocks = std::min((out.size() - done) / 2, batch);
    philox_blocks(key_, high_, position_ / 2, blocks, even, odd);
    std::uint64_t* const to = out.data() + done;
    for (std::size_t i = 0; i < blocks; ++i) {
      to[2 * i] = even[i];
      to[2 * i + 1] = odd[i];
    }
    done += 2 * blocks;
    position_ += 2 * blocks;
  }
  while (done < out.size()) out[done++] = (*this)();
}

void Stream::uniforms(std::span<double> out) {
  std::uint64_t buffer[2 * batch];
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t size = std::min(out.size() - done, 2 * batch);
    words({buffer, size});
    double* const to = out.data() + done;
    for (std::size_t i = 0; i < size; ++i) to[i] = open_unit_interval(buffer[i]);
    done += size;
  }
}

void Stream::normals(std::span<double> out) {
  fill_normals(key_, high_, position_, out);
  position_ += out.size() + out.size() % 2;
}

void Stream::normals(std::span<float> out) {
  fill_normals(key_, high_, position_, out);
  position_ += out.size() + out.size() % 2;
}

}  // namespace symbreak::random
