// Swendsen-Wang by hand: which random numbers join a bond, pin a cluster and turn it.
#include "sim/kernel/spins/spin_clusters.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace symbreak;

namespace {

std::uint32_t in_words(double probability) {
  return static_cast<std::uint32_t>(probability * 0x1p32);
}

}  // namespace

TEST_CASE("Aligned spins are joined with probability 1 - exp(-2K), opposite ones never") {
  const double K = 0.44;
  kernel::SpinClusters clusters(
      {.first = {0, 1, 2}, .neighbour = {1, 0}, .coupling = {K, K}, .field = {}});
  REQUIRE(clusters.words() == 3);
  const std::uint32_t edge = in_words(1 - std::exp(-2 * K)), turned = 0x80000000U;
  const auto squares = [&](std::int8_t second, std::uint32_t bond) {
    std::vector<std::int8_t> spins = {1, second};
    const std::vector<std::uint32_t> words = {bond, 0, 0};
    return clusters.sweep(spins, words);
  };
  CHECK(squares(1, edge - 2) == 4);
  CHECK(squares(1, edge + 2) == 2);
  CHECK(squares(-1, 0) == 2);
  // A cluster turns as a whole, by the word of its first site.
  for (const std::uint32_t word : {turned, turned - 1}) {
    std::vector<std::int8_t> spins = {1, 1};
    const std::vector<std::uint32_t> words = {0, word, turned};
    clusters.sweep(spins, words);
    const std::int8_t expected = word == turned ? -1 : 1;
    CHECK(spins == std::vector<std::int8_t>{expected, expected});
  }
}

TEST_CASE("A spin along its field is pinned with probability 1 - exp(-2|h|)") {
  const double h = -0.3;
  kernel::SpinClusters clusters(
      {.first = {0, 1, 2}, .neighbour = {1, 0}, .coupling = {0.2, 0.2}, .field = {0, h}});
  REQUIRE(clusters.words() == 4);
  const std::uint32_t edge = in_words(1 - std::exp(2 * h)), turned = 0x80000000U;
  const auto turns = [&](std::int8_t spin, std::uint32_t pin) {
    std::vector<std::int8_t> spins = {1, spin};
    const std::vector<std::uint32_t> words = {0xffffffffU, pin, 0, turned};  // not joined
    clusters.sweep(spins, words);
    return spins[1] != spin;
  };
  CHECK_FALSE(turns(-1, edge - 2));
  CHECK(turns(-1, edge + 2));
  CHECK(turns(1, 0));  // against its field: free
}
