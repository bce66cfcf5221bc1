// Axes of a plot as gnuplot commands: ranges that hold for every frame of a movie, and ticks.
// May depend on: analysis/verdict, fmt.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

struct Range {
  double low = 0, high = 1;
};
/// What all frames of a movie share, so that nothing but the data moves.
struct Frame {
  Range x, y;
  Range colour;  ///< of a surface: from the minimum to the 95 % quantile
  int legend_columns = 1, legend_rows = 0;
};

/// A point can be drawn: finite, and positive where the axis is logarithmic.
bool drawable(const verdict::Figure& figure, double x, double y);
/// The figures that are shown at one place, one after the other; at least one.
Frame common_frame(const std::vector<const verdict::Figure*>& figures);
/// Commands for `name` ("x" or "y"): range, scale, ticks, label.
std::string axis(const std::string& name, Range range, bool logarithmic, const std::string& label);
/// Curves and vertical lines that appear in the legend. A single vertical line is labelled above
/// the plot instead.
std::vector<std::string> legend(const verdict::Figure& figure);

}  // namespace symbreak::report
