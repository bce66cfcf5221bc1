#include "sim/target/spins/lattice_bonds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/deck/key_forms.hpp"

namespace symbreak::target {

Index Lattice::sites() const {
  return std::accumulate(sides.begin(), sides.end(), Index{1}, std::multiplies<>());
}

bool Lattice::homogeneous() const {
  for (std::size_t a = 0; a < sides.size(); ++a) {
    if (sides[a] > 1 && !periodic[a]) return false;
  }
  return true;
}

std::vector<std::pair<Index, Index>> Lattice::bonds() const {
  std::vector<std::pair<Index, Index>> result;
  Index stride = sites();
  for (std::size_t a = 0; a < sides.size(); ++a) {
    const Index length = sides[a];
    stride /= length;
    if (length == 1) continue;
    for (Index site = 0; site < sites(); ++site) {
      const Index at = site / stride % length;
      if (at + 1 < length) result.emplace_back(site, site + stride);
      if (at + 1 == length && periodic[a]) result.emplace_back(site, site - at * stride);
    }
  }
  return result;
}

std::string Lattice::text() const {
  const bool all = std::all_of(periodic.begin(), periodic.end(), [](bool p) { return p; });
  const bool none = std::none_of(periodic.begin(), periodic.end(), [](bool p) { return p; });
  return fmt::format("the {} {} lattice",
                     all    ? "periodic"
                     : none ? "open"
                            : "half-open",
                     fmt::join(sides, " x "));
}

std::vector<deck::Key> lattice_keys(const std::optional<std::string>& side) {
  return {deck::count_key("target", "side", side, "L, sites per side", 1, 4096),
          deck::count_key("target", "length", "0",
                          "sites along the first axis where it differs from the other sides; 0: L",
                          0, 65536),
          deck::count_key("target", "dimension", "2", "of the lattice: 1 chain, 2 square, 3 cubic",
                          1, 3),
          deck::word_key("target", "boundary", "periodic",
                         "periodic: a torus; open: no bonds across the edges; cylinder: open along "
                         "the first axis only",
                         {"periodic", "open", "cylinder"})};
}

Lattice lattice_of(const deck::Parameters& parameters) {
  constexpr double kMostSites = 1 << 24;
  const Index side = parameters.integer("target.side"),
              length = parameters.integer("target.length");
  const auto dimension = static_cast<std::size_t>(parameters.integer("target.dimension"));
  const std::string& boundary = parameters.word("target.boundary");
  Lattice result{std::vector<Index>(dimension, side),
                 std::vector<bool>(dimension, boundary != "open")};
  if (length > 0) result.sides[0] = length;
  if (boundary == "cylinder") result.periodic[0] = false;
  double sites = 1;
  for (const Index extent : result.sides) sites *= static_cast<double>(extent);
  if (sites > kMostSites) {
    throw deck::KeyError("target.side", "{:.3g} sites; the limit is {:.0f}", sites, kMostSites);
  }
  return result;
}

}  // namespace symbreak::target
