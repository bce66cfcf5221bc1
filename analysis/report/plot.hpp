// One figure as a gnuplot script and its data. May depend on: analysis/verdict, fmt.
//
// The data file holds one block per curve (x, y, error) behind the surface's (x, y, z), if any,
// separated by two empty lines; the script addresses them by index.
#pragma once
#include <string>

#include "analysis/report/axes.hpp"
#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

struct Drawing {
  std::string script;  ///< draws <stem>.svg from <stem>.tsv
  std::string table;   ///< content of <stem>.tsv
  std::string remark;  ///< what could not be drawn, in a sentence for the caption; or empty
};

/// `stem` is relative to the folder gnuplot runs in, its characters are those of file_stem and '/'.
/// Throws std::invalid_argument when the sizes in the figure do not fit together.
Drawing draw(const verdict::Figure& figure, const std::string& stem, const Frame& frame);

}  // namespace symbreak::report
