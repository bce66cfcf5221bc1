// A function on a grid as filled cells with a scale. May depend on: analysis/verdict, fmt.
#pragma once
#include <string>
#include <vector>

#include "analysis/report/figure/axes.hpp"
#include "analysis/verdict/findings.hpp"

namespace symbreak::report {

/// Width over height of the axes: images keep the shape of their pixels, planes are square, maps
/// are as wide as there is room (0).
double aspect(const verdict::Surface& surface);

struct SurfaceDrawing {
  std::string table;                  ///< of its data file: x, y, z, and edges of uneven cells
  std::string commands;               ///< before the plot
  std::vector<std::string> elements;  ///< of the plot
};
/// `file`: that with the table, quoted.
SurfaceDrawing draw_surface(const verdict::Figure& figure, const std::string& file,
                            const Frame& frame);

}  // namespace symbreak::report
