// One figure as a gnuplot script and its data. May depend on: analysis/verdict, fmt.
//
// axes: ranges, ticks · legend · look: colours and symbols · smooth: lines · surface: cells ·
// table: the data file · typeset: indices and powers · gnuplot: runs it
#pragma once
#include <string>

#include "analysis/report/figure/axes.hpp"
#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

struct Drawing {
  std::string script;   ///< draws <stem>.svg, and <stem>.pdf where gnuplot can, from the data
  std::string table;    ///< content of <stem>.tsv: the curves, or the surface of a figure without
  std::string surface;  ///< content of <stem>-surface.tsv under curves; or empty
  std::string remark;   ///< what the picture does not show, in sentences for the caption; or empty
};

/// `stem` is relative to the folder gnuplot runs in, its characters are those of file_stem and '/'.
/// `pdf`: also as a PDF, by gnuplot's own cairo terminal (in Debian's gnuplot-nox). Throws std::invalid_argument when the sizes in the figure do not fit
/// together.
Drawing draw(const verdict::Figure& figure, const std::string& stem, const Frame& frame,
             bool pdf = false);

}  // namespace symbreak::report
