// Kernels of spin systems: random bits, bookkeeping, and the law of single updates.
#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "sim/kernel/spins/field_lanes.hpp"
#include "sim/kernel/spins/heat_bath.hpp"
#include "sim/kernel/spins/visiting_order.hpp"
#include "sim/random/stream.hpp"
#include "tests/spin_systems.hpp"

namespace {

using namespace symbreak;
using namespace symbreak::kernel;
using namespace spin_systems;

std::array<std::uint64_t, spin_random_words> seed(std::uint64_t number) {
  std::array<std::uint64_t, spin_random_words> words;
  random::Stream({.seed = number}).words(words);
  return words;
}

std::unique_ptr<SpinLanes> lanes_of(const SpinGraph& graph, bool bytes) {
  return bytes ? heat_bath(graph, seed(1)) : field_lanes(graph, seed(1));
}

/// +-J on a 3 x 4 torus with one bond doubled and one removed.
std::vector<Bond> signed_torus() {
  std::vector<Bond> bonds;
  for (int row = 0; row < 3; ++row) {
    for (int col = 0; col < 4; ++col) {
      bonds.push_back({row * 4 + col, row * 4 + (col + 1) % 4, (row + col) % 3 == 0 ? -0.4 : 0.4});
      bonds.push_back({row * 4 + col, (row + 1) % 3 * 4 + col, 0.4});
    }
  }
  bonds.pop_back();
  bonds.push_back(bonds.front());
  return bonds;
}

}  // namespace

TEST_CASE("The lanes are xoshiro256++ generators") {
  const auto words = seed(9);
  LaneRandom lanes(SpinSeed(words).first<LaneRandom::state_words>());
  std::array<std::array<std::uint64_t, 4>, 8> scalar;
  for (std::size_t g = 0; g < 8; ++g) {
    for (std::size_t k = 0; k < 4; ++k) scalar[g][k] = words[8 * k + g];
  }
  for (int step = 0; step < 100; ++step) {
    const auto block = lanes();
    std::array<std::uint64_t, 16> out;
    static_assert(sizeof out == sizeof block);
    std::memcpy(out.data(), &block, sizeof out);
    for (std::size_t g = 0; g < 8; ++g) {
      // Reference code of the authors (prng.di.unimi.it/xoshiro256plusplus.c), one step.
      auto& s = scalar[g];
      REQUIRE(out[g] == std::rotl(s[0] + s[3], 23) + s[0]);
      REQUIRE(out[8 + g] == s[1] + s[2]);
      const std::uint64_t t = s[1] << 17;
      s[2] ^= s[0];
      s[3] ^= s[1];
      s[1] ^= s[2];
      s[0] ^= s[3];
      s[2] ^= t;
      s[3] = std::rotl(s[3], 45);
    }
  }
  const auto state = lanes.state();
  for (std::size_t g = 0; g < 8; ++g) {
    for (std::size_t k = 0; k < 4; ++k) CHECK(state[8 * k + g] == scalar[g][k]);
  }
}

TEST_CASE("High and low bytes of a lane are uniform and independent") {
  const auto words = seed(10);
  LaneRandom lanes(SpinSeed(words).first<LaneRandom::state_words>());
  constexpr int steps = 1 << 15;
  std::vector<double> counts(1 << 16, 0.0);
  for (int step = 0; step < steps; ++step) {
    const auto block = lanes();
    std::array<std::uint8_t, 128> bytes;
    std::memcpy(bytes.data(), &block, sizeof bytes);
    for (std::size_t l = 0; l < 64; ++l) ++counts[std::size_t{bytes[l]} << 8 | bytes[64 + l]];
  }
  const double expected = 64.0 * steps / 65536;
  double chi_squared = 0;
  for (const double count : counts)
    chi_squared += (count - expected) * (count - expected) / expected;
  // 65535 degrees of freedom, 4.5 standard deviations: false alarm 7e-6.
  CHECK(std::abs(chi_squared - 65535) < 4.5 * std::sqrt(2 * 65535.0));
}

TEST_CASE("Visits go by colour") {
  const auto lattice = graph_of(36, square_bonds(6, 1));
  const auto order = visiting_order(lattice);
  for (std::size_t p = 0; p < 36; ++p) {
    CHECK((order[p] % 6 + order[p] / 6) % 2 == (p < 18 ? 0 : 1));
  }
  const auto odd = graph_of(25, square_bonds(5, 1));
  auto sorted = visiting_order(odd);
  std::sort(sorted.begin(), sorted.end());
  for (std::uint32_t i = 0; i < 25; ++i) CHECK(sorted[i] == i);
  // The number of bonds matters within a colour only: the middle of a star comes first.
  const auto star = graph_of(4, {{0, 1, 1}, {0, 2, 1}, {0, 3, 1}});
  CHECK(visiting_order(star) == std::vector<std::uint32_t>{0, 1, 2, 3});
}

TEST_CASE("Only uniform bonds fit bytes") {
  auto bonds = signed_torus();
  CHECK(has_uniform_bonds(graph_of(12, bonds)));
  bonds[3].K *= 1.5;
  CHECK_FALSE(has_uniform_bonds(graph_of(12, bonds)));
  CHECK_THROWS_AS(heat_bath(graph_of(12, bonds), seed(1)), std::invalid_argument);
  std::vector<Bond> star;
  for (int i = 1; i <= 16; ++i) star.push_back({0, i, 1});
  CHECK_FALSE(has_uniform_bonds(graph_of(17, star)));
  CHECK(has_uniform_bonds(graph_of(3, {})));
  CHECK_THROWS_AS(heat_bath(graph_of(3, {}), seed(1))->set_scale(LaneValues{}), std::logic_error);
}

TEST_CASE("What lanes report is what their spins say") {
  const bool bytes = GENERATE(true, false);
  const std::size_t groups = GENERATE(1, 2, 4, 8, 64);
  const auto bonds = signed_torus();
  const auto lanes = lanes_of(graph_of(12, bonds), bytes);
  std::vector<double> field(12 * groups);
  random::Stream({.seed = 4}).normals(field);
  lanes->set_field(field, groups);
  lanes->sweep(3);
  LaneMask some = 0x123456789abcdef0;
  const auto before = lanes->spins();
  lanes->flip(some);
  const auto spins = lanes->spins();
  std::vector<float> sums(12 * 64, 1.0f);
  LaneValues weight;
  for (std::size_t l = 0; l < 64; ++l) weight[l] = 0.25 * static_cast<double>(l);
  lanes->add_spins(weight, sums);
  const auto A = lanes->overlap(), E = lanes->bonds(), M = lanes->magnetization();
  for (std::size_t l = 0; l < 64; ++l) {
    const auto spin = [&](std::size_t i) { return spins[i] >> l & 1 ? 1.0 : -1.0; };
    double overlap = 0, energy = 0, total = 0;
    for (std::size_t i = 0; i < 12; ++i) {
      overlap += field[i * groups + l * groups / 64] * spin(i);
      total += spin(i);
      CHECK(sums[64 * i + l] == Approx(1 + weight[l] * spin(i)));
    }
    for (const Bond& bond : bonds) {
      energy +=
          bond.K * spin(static_cast<std::size_t>(bond.a)) * spin(static_cast<std::size_t>(bond.b));
    }
    CHECK(A[l] == Approx(overlap).margin(1e-5));
    CHECK(E[l] == Approx(energy).margin(1e-5));
    CHECK(M[l] == Approx(total));
  }
  for (std::size_t i = 0; i < 12; ++i) CHECK((before[i] ^ spins[i]) == some);
  lanes->set_spins(before);
  CHECK(lanes->spins() == before);
}

TEST_CASE("Thresholds are exact far beyond 16 bits") {
  // One spin without neighbours in strong fields: P(down) = 1/(1 + exp(2h)) below 2^-16, where the
  // first 16 bits always tie.
  const bool bytes = GENERATE(true, false);
  const std::size_t groups = GENERATE(1, 4, 64);
  const double h = GENERATE(6.0, -6.5);
  const auto lanes = lanes_of(graph_of(1, {}), bytes);
  lanes->set_field(std::vector<double>(groups, h), groups);
  double rare = 0;
  constexpr int sweeps = 200000;
  for (int n = 0; n < sweeps; ++n) {
    lanes->sweep(1);
    const int up = std::popcount(lanes->spins()[0]);
    rare += h > 0 ? 64 - up : up;
  }
  const double expected = 64.0 * sweeps / (1 + std::exp(2 * std::abs(h)));
  INFO(rare << " rare states, expected " << expected);
  CHECK(std::abs(rare - expected) < 4.5 * std::sqrt(expected));  // false alarm 7e-6
}

TEST_CASE("Decisions beyond the first byte see the neighbours of their turn") {
  // Spins that only a tie of the first 8 bits can turn, P < 2^-8, and what depends on them: in the
  // triangle and the antiferromagnetic pair such a spin takes the others with it; in the other
  // pairs the neighbour changes the threshold by exp(4 K) and is up half of the time.
  struct System {
    std::vector<Bond> bonds;
    std::vector<double> h;
  };
  const System system = GENERATE(System{{{0, 1, 1}, {1, 2, 1}, {2, 0, 1}}, {-1.2, -1.2, -1.2}},
                                 System{{{0, 1, -1.5}}, {-1.5, 1.5}}, System{{{0, 1, 1}}, {1, -5}},
                                 System{{{0, 1, -1}}, {-1, -5}});
  const std::size_t groups = GENERATE(1, 4, 64), sites = system.h.size();
  const auto lanes = heat_bath(graph_of(static_cast<int>(sites), system.bonds), seed(2));
  std::vector<double> field;
  for (const double h : system.h) field.insert(field.end(), groups, h);
  lanes->set_field(field, groups);
  std::vector<LaneValues> up(sites, LaneValues{});
  constexpr int sweeps = 200000;
  lanes->sweep(100);
  for (int n = 0; n < sweeps; ++n) {
    lanes->sweep(1);
    const auto spins = lanes->spins();
    for (std::size_t i = 0; i < sites; ++i) {
      for (std::size_t l = 0; l < 64; ++l) up[i][l] += static_cast<double>(spins[i] >> l & 1);
    }
  }
  const VectorXd exact =
      enumerated_mean(static_cast<int>(sites), system.bonds,
                      Eigen::Map<const VectorXd>(system.h.data(), static_cast<Index>(sites)));
  for (std::size_t i = 0; i < sites; ++i) {
    double mean = 0, variance = 0;
    for (const double count : up[i]) mean += count / 64;
    for (const double count : up[i]) variance += (count - mean) * (count - mean) / 63;
    const double expected = sweeps * (1 + exact[static_cast<Index>(i)]) / 2;
    const double error = std::sqrt(variance / 64);
    INFO("site " << i << ": up " << mean << " times, expected " << expected << " +- " << error);
    CHECK(std::abs(mean - expected) < 5 * error);  // false alarm 5e-6
  }
}
