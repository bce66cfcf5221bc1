#include "analysis/report/figure/surface.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/report/escape.hpp"
#include "analysis/report/figure/table.hpp"
#include "analysis/report/figure/typeset.hpp"

namespace symbreak::report {

namespace {

using verdict::Figure;
using verdict::Surface;

/// Of one width in the coordinate of the axis: then it is an image, which is small and seamless.
bool uniform(const std::vector<double>& nodes, bool logarithmic) {
  const auto at = [&](std::size_t i) { return logarithmic ? std::log(nodes[i]) : nodes[i]; };
  const double step = (at(nodes.size() - 1) - at(0)) / static_cast<double>(nodes.size() - 1);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    if (!(std::abs(at(i) - at(i - 1) - step) <= 1e-3 * std::abs(step))) return false;
  }
  return step != 0;
}

std::string table(const Figure& figure, bool with_edges) {
  const Surface& surface = *figure.surface;
  const auto x = edges(surface.x, figure.log_x), y = edges(surface.y, figure.log_y);
  std::string text =
      fmt::format("# {}\t{}\t{}{}\n", one_line(figure.x_label), one_line(figure.y_label),
                  surface.label.empty() ? "z" : one_line(surface.label),
                  with_edges ? "\tcell from x\tto x\tfrom y\tto y" : "");
  for (std::size_t i = 0; i < surface.x.size(); ++i) {
    for (std::size_t j = 0; j < surface.y.size(); ++j) {
      const double z = surface.z(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
      text += cell(surface.x[i]) + '\t' + cell(surface.y[j]) + '\t' + cell(z);
      if (with_edges) {
        for (const double edge : {x[i], x[i + 1], y[j], y[j + 1]}) text += '\t' + cell(edge);
      }
      text += '\n';
    }
    text += '\n';
  }
  return text;
}

std::string scale(const Figure& figure, const Frame& frame) {
  const char* colours = "0 '#ffffff', 0.25 '#cfe1f2', 0.5 '#6baed6', 0.75 '#2171b5', 1 '#08306b'";
  if (figure.surface->kind == Surface::Kind::levels) {  // deep is dark
    colours = "0 '#123a66', 0.35 '#4f8fc0', 0.7 '#b9d5e8', 1 '#f7f9fb'";
  } else if (figure.surface->kind == Surface::Kind::pixels) {
    colours = "0 '#000000', 1 '#ffffff'";
  }
  return fmt::format(
      "set palette defined ({})\nset cbrange [{:.10g}:{:.10g}]\nset format cb '%.4g'\n"
      "set cblabel {}\n",
      colours, frame.colour.low, frame.colour.high, typeset(figure.surface->label));
}

/// An image of even cells. On a logarithmic axis it is drawn on the second one, which counts in
/// decades.
std::string image(const Figure& figure, const std::string& file, const Frame& frame,
                  SurfaceDrawing& drawing) {
  std::string commands;
  const auto decades = [&](const char* name, Range range, bool logarithmic) {
    if (!logarithmic) return;
    commands += fmt::format("set {}2range [{:.10g}:{:.10g}]\n", name, std::log10(range.low),
                            std::log10(range.high));
  };
  decades("x", frame.x, figure.log_x);
  decades("y", frame.y, figure.log_y);
  drawing.elements.push_back(fmt::format(
      "{} using {}:{}:3 axes x{}y{} with image notitle", file, figure.log_x ? "(log10($1))" : "1",
      figure.log_y ? "(log10($2))" : "2", figure.log_x ? 2 : 1, figure.log_y ? 2 : 1));
  return commands;
}

/// Lines of equal height.
std::string contours(const std::string& file, const Frame& frame, SurfaceDrawing& drawing) {
  constexpr int kLevels = 12;
  std::vector<std::string> levels;
  for (int i = 1; i <= kLevels; ++i) {
    const double part = (i - 0.5) / kLevels;
    levels.push_back(
        fmt::format("{:.10g}", frame.colour.low + part * (frame.colour.high - frame.colour.low)));
  }
  drawing.elements.push_back("$contours with lines lw 0.6 lc rgb '#99000000' notitle");
  return fmt::format(
      "set contour base\nunset surface\nset cntrparam levels discrete {}\n"
      "set table $contours\nsplot {} using 1:2:3 notitle\nunset table\n"
      "unset contour\n",
      fmt::join(levels, ", "), file);
}

}  // namespace

double aspect(const Surface& surface) {
  if (surface.kind == Surface::Kind::cells) return 0;
  if (surface.kind == Surface::Kind::levels) return 1;
  return static_cast<double>(surface.x.size()) / static_cast<double>(surface.y.size());
}

SurfaceDrawing draw_surface(const Figure& figure, const std::string& file, const Frame& frame) {
  const Surface& surface = *figure.surface;
  SurfaceDrawing drawing;
  const bool even = uniform(surface.x, figure.log_x) && uniform(surface.y, figure.log_y);
  drawing.table = table(figure, !even);
  if (!surface.z.array().isFinite().any()) return drawing;
  drawing.commands = scale(figure, frame);
  if (even) {
    drawing.commands += image(figure, file, frame, drawing);
  } else {
    drawing.elements.push_back(
        fmt::format("{} using 1:2:4:5:6:7:3 with boxxyerror lc palette fs solid 1 notitle", file));
  }
  if (surface.kind == Surface::Kind::levels) drawing.commands += contours(file, frame, drawing);
  if (surface.kind == Surface::Kind::pixels) {
    // Pixels need no numbers on their axes, and a low strip of them has no room for many.
    drawing.commands += fmt::format(
        "set format cb '%.3g'\nunset xtics\nunset ytics\nset xlabel ''\nset ylabel ''\n"
        "set cbtics ({:.10g}, {:.10g})\n",
        frame.colour.low, frame.colour.high);
  }
  return drawing;
}

}  // namespace symbreak::report
