// Streams: the generator against published vectors, the addressing, the bulk versions bit by bit.
#include <Random123/philox.h>

#include <algorithm>
#include <boost/random/binomial_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <set>
#include <vector>

#include "sim/random/stream.hpp"

using symbreak::random::Address;
using symbreak::random::Purpose;
using symbreak::random::Stream;

namespace {

constexpr Address address{.seed = 0x243f6a8885a308d3,
                          .point = 0x13198a2e03707344,
                          .disorder = 7,
                          .replica = 11,
                          .purpose = Purpose::test};

template <class Value>
bool same_bits(const std::vector<Value>& a, const std::vector<Value>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Value)) == 0;
}

}  // namespace

TEST_CASE("Philox4x32-10 gives Random123's published known answers") {
  const r123::Philox4x32 philox;
  using Counter = r123::Philox4x32::ctr_type;
  using Key = r123::Philox4x32::key_type;
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox(Counter{{0, 0, 0, 0}}, Key{{0, 0}}) ==
        Counter{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  CHECK(philox(Counter{{ones, ones, ones, ones}}, Key{{ones, ones}}) ==
        Counter{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  CHECK(philox(Counter{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
               Key{{0xa4093822, 0x299f31d0}}) ==
        Counter{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST_CASE("A stream is Philox keyed by the hash of its address") {
  const r123::Philox4x64::ctr_type words = {
      {address.seed, address.point, 7ull << 32 | 11, static_cast<std::uint64_t>(address.purpose)}};
  const auto hash = r123::Philox4x64{}(words, r123::Philox4x64::key_type{{0, 0}});
  const auto low = [](std::uint64_t w) { return static_cast<std::uint32_t>(w); };
  const auto high = [](std::uint64_t w) { return static_cast<std::uint32_t>(w >> 32); };
  Stream stream(address);
  for (const std::uint64_t block : {0ull, 1ull, 0xffffffffull, 0x123456789abcull}) {
    stream.seek(2 * block);
    const auto expected =
        r123::Philox4x32{}({{low(block), high(block), low(hash[1]), high(hash[1])}},
                           r123::Philox4x32::key_type{{low(hash[0]), high(hash[0])}});
    CHECK(stream() == (expected[0] | std::uint64_t{expected[1]} << 32));
    CHECK(stream() == (expected[2] | std::uint64_t{expected[3]} << 32));
  }
}

TEST_CASE("Every field of the address changes the stream") {
  std::vector<Address> addresses{address};
  const auto with = [&](auto change) {
    addresses.push_back(address);
    change(addresses.back());
  };
  for (int bit = 0; bit < 64; ++bit) {
    with([&](Address& a) { a.seed ^= std::uint64_t{1} << bit; });
    with([&](Address& a) { a.point ^= std::uint64_t{1} << bit; });
  }
  for (int bit = 0; bit < 32; ++bit) {
    with([&](Address& a) { a.disorder ^= std::uint32_t{1} << bit; });
    with([&](Address& a) { a.replica ^= std::uint32_t{1} << bit; });
  }
  with([](Address& a) { std::swap(a.disorder, a.replica); });
  with([](Address& a) { std::swap(a.seed, a.point); });
  for (std::uint32_t purpose = 1; purpose <= 10; ++purpose) {
    with([&](Address& a) { a.purpose = static_cast<Purpose>(purpose); });
  }
  std::set<std::uint64_t> words;
  for (const auto& each : addresses) {
    Stream stream(each);
    for (int i = 0; i < 4; ++i) words.insert(stream());
  }
  CHECK(words.size() == 4 * addresses.size());
}

TEST_CASE("Position is the whole state of a stream") {
  Stream stream(address);
  for (int i = 0; i < 13; ++i) stream();
  stream.normal();
  CHECK(stream.position() == 15);
  Stream resumed(address);
  resumed.seek(stream.position());
  CHECK(resumed() == stream());
  CHECK(resumed.normal() == stream.normal());
  stream.seek(0);
  CHECK(stream() == Stream(address)());
}

TEST_CASE("Bulk words, uniforms and normals have the bits of the scalar definitions") {
  for (const std::uint64_t start : {0ull, 1ull, 2ull, 63ull, 0x1fffffffeull, 0x1ffffffffull}) {
    for (const std::size_t length : {0u, 1u, 2u, 3u, 7u, 16u, 31u, 64u, 65u, 1000u, 4099u}) {
      CAPTURE(start, length);
      Stream bulk(address), scalar(address);
      std::vector<std::uint64_t> words(length), expected_words(length);
      bulk.seek(start);
      scalar.seek(start);
      bulk.words(words);
      for (auto& word : expected_words) word = scalar();
      CHECK(same_bits(words, expected_words));
      CHECK(bulk.position() == start + length);

      std::vector<double> uniforms(length), expected_uniforms(length);
      bulk.uniforms(uniforms);
      for (auto& value : expected_uniforms) value = scalar.uniform();
      CHECK(same_bits(uniforms, expected_uniforms));
      CHECK(bulk() == scalar());

      std::vector<double> normals(length);
      const auto before = bulk.position();
      bulk.normals(normals);
      CHECK(bulk.position() == before + length + length % 2);
      std::vector<double> first, expected_first;
      for (std::size_t i = 0; i < length; i += 2) {
        first.push_back(normals[i]);
        expected_first.push_back(scalar.normal());
      }
      CHECK(same_bits(first, expected_first));

      std::vector<float> single(length);
      bulk.seek(before);
      bulk.normals(single);
      CHECK(same_bits(single, std::vector<float>(normals.begin(), normals.end())));
    }
  }
}

TEST_CASE("Normals do not depend on how they are cut into even chunks") {
  constexpr std::size_t length = 5000;
  std::vector<double> whole(length), pieces(length);
  Stream(address).normals(whole);
  Stream stream(address);
  for (std::size_t done = 0, chunk = 2; done < length; done += chunk, chunk = 2 + (done % 97) * 2) {
    chunk = std::min(chunk, length - done);
    stream.normals(std::span(pieces).subspan(done, chunk));
  }
  CHECK(same_bits(whole, pieces));
}

TEST_CASE("Uniforms stay inside the open interval") {
  std::vector<double> values(1 << 20);
  Stream(address).uniforms(values);
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  CHECK(*smallest > 0);
  CHECK(*largest < 1);
}

TEST_CASE("A stream drives Boost's distributions") {
  Stream stream(address);
  boost::random::binomial_distribution<int, double> binomial(100, 0.3);
  boost::random::uniform_int_distribution<int> die(1, 6);
  constexpr int draws = 20000;
  double successes = 0, faces[6] = {};
  for (int i = 0; i < draws; ++i) {
    successes += binomial(stream);
    ++faces[die(stream) - 1];
  }
  // Five standard errors: false alarm 6e-7.
  CHECK(successes / draws == Approx(30).margin(5 * std::sqrt(21.0 / draws)));
  for (const double count : faces) {
    CHECK(count == Approx(draws / 6.0).margin(5 * std::sqrt(draws * 5.0 / 36)));
  }
}
