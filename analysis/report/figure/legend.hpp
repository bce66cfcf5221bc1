// What the legend of a figure says. May depend on: analysis/{verdict,report/escape}, fmt.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

struct Legend {
  std::vector<std::string> curves;  ///< one a curve; empty: not in the legend
  std::vector<std::string> lines;   ///< vertical lines; empty where a single one is labelled above
  std::string remark;               ///< for the caption: what is the same for all, what is left out
  std::size_t entries() const;
  std::size_t widest() const;  ///< characters
};

/// Curves are told by what differs between them: "L = 8", "L = 16" of "T = 2, L = 8" and
/// "T = 2, L = 16". No two entries are the same: of labels that are alike at their beginning the
/// end is shown. Of more than kMostShades steps of one parameter an even selection is named.
Legend legend(const verdict::Figure& figure);
inline constexpr std::size_t kMostShades = 12;

/// "t_c, score criterion = 0.649"; nothing of a line without a label.
std::string line_label(const std::pair<double, std::string>& line);

}  // namespace symbreak::report
