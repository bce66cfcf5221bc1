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
  Range colour;  ///< of a surface: what it says, or from the minimum to a quantile
  int legend_columns = 1, legend_rows = 0;
};

/// A point can be drawn: finite, and positive where the axis is logarithmic.
bool drawable(const verdict::Figure& figure, double x, double y);
/// Without vertical lines that lie beyond the axis: they would stand in the legend alone.
verdict::Figure with_visible_lines(verdict::Figure figure, Range x);
/// The figures that are shown at one place, one after the other; at least one.
Frame common_frame(const std::vector<const verdict::Figure*>& figures);
/// Commands for `name` ("x" or "y"): range, scale, ticks, label.
std::string axis(const std::string& name, Range range, bool logarithmic, const std::string& label);
/// Ticks of the x axis at the values of a sweep where these are few; "" else.
std::string ticks_of_few(const verdict::Figure& figure, Range x);
/// Where cells around these ascending nodes begin and end, one more than nodes: midway between them
/// in the coordinate of the axis (the geometric mean on a logarithmic one), the outermost mirrored.
std::vector<double> edges(const std::vector<double>& nodes, bool logarithmic);

}  // namespace symbreak::report
