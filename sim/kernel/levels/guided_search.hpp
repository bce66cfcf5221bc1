// Inversion of a tabulated law in constant time. Plain data in and out. May depend on: the standard
// library.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace symbreak::kernel {

/// Cells 1, 2, .. of a law, of which cell k ends at cumulative[k]: where a search begins for u in
/// one of as many equal parts of [0, 1] is known beforehand (Chen & Asau 1974), from where on it is
/// linear, one step on average.
class GuidedSearch {
 public:
  GuidedSearch() = default;
  /// From 0, never decreasing, to 1: of one cell at least.
  explicit GuidedSearch(std::vector<double> cumulative) : cumulative_(std::move(cumulative)) {
    const std::size_t cells = cumulative_.size() - 1;
    for (std::size_t part = 0, k = 1; part <= cells; ++part) {
      while (k < cells && cumulative_[k] < static_cast<double>(part) / parts()) ++k;
      begin_.push_back(static_cast<std::uint32_t>(k));
    }
  }
  double cumulative(std::size_t k) const { return cumulative_[k]; }
  /// The first cell that ends at u in [0, 1] or above, or the last one.
  std::size_t cell(double u) const {
    std::size_t k = begin_[static_cast<std::size_t>(u * parts())];
    // Where rounding led a part too far.
    while (k > 1 && cumulative_[k - 1] >= u) --k;
    while (k + 1 < cumulative_.size() && cumulative_[k] < u) ++k;
    return k;
  }

 private:
  double parts() const { return static_cast<double>(cumulative_.size() - 1); }
  std::vector<double> cumulative_;
  std::vector<std::uint32_t> begin_;
};

}  // namespace symbreak::kernel
