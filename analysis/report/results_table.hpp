// Results as a table that fits a terminal. May depend on: analysis/layout.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace symbreak::report {

/// A line of the table: its cells and what stands below them.
struct ResultLine {
  std::string name{};
  std::vector<std::string> where{};  ///< one per coordinate
  std::string measured{}, predicted{}, z{}, state{};
  std::string below{};   ///< why there is no verdict, few samples; -v: how it was fitted
  std::string folded{};  ///< instead of all but the name
};

/// Lines under their header, none wider than `most`; `keys` are the coordinates' paths. A name that
/// leaves no room stands alone above its numbers; coordinates that leave none stand in words below
/// the name.
std::string results_table(const std::vector<std::string>& keys,
                          const std::vector<ResultLine>& lines, std::size_t most);

}  // namespace symbreak::report
