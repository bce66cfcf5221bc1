// Symmetric coupling matrices from files: dense ones, lists of bonds, MatrixMarket. May depend on:
// sim/data/array.hpp.
//
// Whatever is wrong ends in a deck::KeyError that names the entry: not symmetric, given twice, NaN,
// out of range, on the diagonal, or a size that the file cannot hold.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/data/array.hpp"

namespace symbreak::data {

struct Coupling {
  std::int64_t i = 0, j = 0;  ///< i < j, from 0
  double J = 0;
};
struct Couplings {
  std::int64_t sites = 0;
  std::vector<Coupling> bonds;  ///< sorted, each once, none is zero
};

struct CouplingsLayout {
  std::string layout = "auto";    ///< matrix: d x d; list: rows of i, j, J; auto: by the shape
  std::string triangle = "auto";  ///< both: J_ij and J_ji given and equal; one: either of them
  std::int64_t sites = 0;         ///< of a list; 0: its largest index
  std::int64_t first_index = 0;   ///< of a list (MatrixMarket has its own rule: 1)
};

/// source.format may also be mtx (extension .mtx).
Couplings read_couplings(Source source, const CouplingsLayout& layout);

/// A MatrixMarket file: entries in the order they come, indices from 0.
struct MatrixMarket {
  struct Entry {
    std::int64_t i, j;
    double value;
    std::size_t line;
  };
  std::int64_t rows = 0, columns = 0;
  bool symmetric = false, dense = false;
  std::vector<Entry> entries;
};
MatrixMarket read_matrix_market(const Source& source);

}  // namespace symbreak::data
