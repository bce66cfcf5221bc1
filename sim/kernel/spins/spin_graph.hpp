// Ising couplings as plain data: the one description of a spin system that kernels and targets share.
// May depend on: the standard library.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace symbreak::kernel {

/// log phi(s) = sum_{i<j} K_ij s_i s_j + sum_i h_i s_i (+ constant), s_i = +-1, with K = J/T
/// (J > 0 ferromagnetic, so J = -W of Ambrogioni 2024, section 5) and h = H/T.
/// Compressed rows: the neighbours of site i are entries first[i] .. first[i+1]-1; every bond is
/// stored at both of its ends, and no site neighbours itself. Parallel bonds (a periodic side of 2)
/// are repeated entries.
struct SpinGraph {
  std::vector<std::int32_t> first;      ///< sites + 1
  std::vector<std::int32_t> neighbour;  ///< 2 x bonds
  std::vector<double> coupling;         ///< K of each entry
  std::vector<double> field;            ///< h per site; empty: none

  std::size_t sites() const { return first.empty() ? 0 : first.size() - 1; }
};

}  // namespace symbreak::kernel
