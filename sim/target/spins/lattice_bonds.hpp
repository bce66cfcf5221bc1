// Sites and nearest-neighbour bonds of square and cubic lattices, from the deck's keys.
// May depend on: sim/target/target.hpp.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/target/target.hpp"

namespace symbreak::target {

struct Lattice {
  std::vector<Index> sides;      ///< row-major: the last one varies fastest
  std::vector<bool> periodic{};  ///< per axis

  Index sites() const;
  bool homogeneous() const;  ///< periodic in every direction that has a bond
  /// Every bond once, axis by axis. A periodic side of 2 has two bonds between its sites, one of 1
  /// none.
  std::vector<std::pair<Index, Index>> bonds() const;
  std::string text() const;  ///< "the periodic 8 x 8 lattice"
};

/// side, length, dimension, boundary; `side` is the default of the side.
std::vector<deck::Key> lattice_keys(const std::optional<std::string>& side = std::nullopt);
/// Throws deck::KeyError.
Lattice lattice_of(const deck::Parameters& parameters);

}  // namespace symbreak::target
