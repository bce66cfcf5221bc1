#include "analysis/report/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

namespace {

using verdict::Curve;
using verdict::Figure;
using verdict::Surface;

// Okabe & Ito (2008), colours that the colour-blind tell apart; yellow is too pale for lines.
constexpr std::array kPalette = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                 "#e69f00", "#56b4e9", "#000000"};
constexpr std::array kSymbols = {7, 5, 9, 13, 11, 6, 4};  // filled circle, square, triangle, ...
constexpr std::array kDashes = {"'-'", "'.'", "'-.'", "'-..'"};
constexpr int kMostPoints = 1000;  // drawn of one curve; all are in the table

// The canvas in pixels; all plots have the same height of axes, the legend grows downwards.
constexpr double kWidth = 520, kLeft = 76, kRight = 16, kTop = 26, kAxes = 290, kBelow = 58,
                 kRow = 20.2;

void check(const Figure& figure) {
  const auto fail = [&](const std::string& what) {
    throw std::invalid_argument(fmt::format("figure '{}': {}", figure.name, what));
  };
  for (const Curve& curve : figure.curves) {
    if (curve.x.size() != curve.y.size() ||
        (!curve.error.empty() && curve.error.size() != curve.x.size())) {
      fail(fmt::format("curve '{}' has {} x, {} y and {} errors", curve.label, curve.x.size(),
                       curve.y.size(), curve.error.size()));
    }
  }
  if (!figure.surface) return;
  const Surface& surface = *figure.surface;
  const auto rows = static_cast<std::size_t>(surface.z.rows());
  const auto columns = static_cast<std::size_t>(surface.z.cols());
  if (rows != surface.x.size() || columns != surface.y.size() || rows < 2 || columns < 2) {
    fail(fmt::format("a surface of {} x {} values on a grid of {} x {}; at least 2 x 2", rows,
                     columns, surface.x.size(), surface.y.size()));
  }
}

bool uniform(const std::vector<double>& nodes) {
  const double step = (nodes.back() - nodes.front()) / static_cast<double>(nodes.size() - 1);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    if (!(std::abs(nodes[i] - nodes[i - 1] - step) <= 1e-3 * std::abs(step))) return false;
  }
  return step != 0;
}

std::string cell(double value) {
  return std::isfinite(value) ? fmt::format("{:.10g}", value) : "NaN";
}

std::string table(const Surface& surface) {
  std::string text = "# x\ty\tz\n";
  for (std::size_t i = 0; i < surface.x.size(); ++i) {
    for (std::size_t j = 0; j < surface.y.size(); ++j) {
      const double z = surface.z(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
      text += fmt::format("{}\t{}\t{}\n", cell(surface.x[i]), cell(surface.y[j]), cell(z));
    }
    text += '\n';
  }
  return text + '\n';
}

std::string table(const Figure& figure, const Curve& curve) {
  std::string text =
      fmt::format("# {}\n# {}\t{}{}\n", one_line(curve.label), one_line(figure.x_label),
                  one_line(figure.y_label), curve.error.empty() ? "" : "\terror");
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    text += cell(curve.x[i]) + '\t' + cell(curve.y[i]);
    if (!curve.error.empty()) text += '\t' + cell(curve.error[i]);
    text += '\n';
  }
  return text + "\n\n";
}

/// Pixels: both axes count in ones.
bool is_image(const Surface& surface) {
  return surface.x[1] - surface.x[0] == 1 && surface.y[1] - surface.y[0] == 1;
}

/// Width over height of the axes of a surface: images keep their shape, other maps are square.
double aspect(const Surface& surface) {
  if (!is_image(surface)) return 1;
  return static_cast<double>(surface.x.size()) / static_cast<double>(surface.y.size());
}

std::string canvas(const std::string& stem, const Frame& frame, const Figure& figure) {
  constexpr double kColours = 84;  // right of a surface: its colour box
  double axes = kAxes, left = kLeft, right = kWidth - kRight;
  if (figure.surface) {
    const double ratio = aspect(*figure.surface),
                 wide = std::min(kWidth - kLeft - kColours, kAxes * ratio);
    axes = wide / ratio;
    left = ratio > 1 ? kLeft : (kWidth - wide) / 2;
    right = left + wide;
  }
  const double height = kTop + axes + kBelow + kRow * frame.legend_rows + 6;
  std::string name = stem;
  for (const char other : {'/', '-'}) std::replace(name.begin(), name.end(), other, '_');
  return fmt::format(
      "reset\nset encoding utf8\nset minussign\n"
      "set terminal svg size {:.0f},{:.0f} dynamic enhanced font 'Helvetica,13' background "
      "'#ffffff' name '{}'\nset output '{}.svg'\n"
      "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\n"
      "set tmargin at screen {:.4f}\nset bmargin at screen {:.4f}\n"
      "set key at screen 0.5, screen {:.4f} bottom center horizontal Left reverse maxcols {} "
      "samplen 2 "
      "spacing 1 noenhanced\nset border 15 lw 0.7 lc rgb '#333333'\nset tics scale 0.6, 0.3\n"
      "set mxtics 2\nset mytics 2\n",
      kWidth, height, name, stem, left / kWidth, right / kWidth, 1 - kTop / height,
      1 - (kTop + axes) / height, 6 / height, frame.legend_columns);
}

std::string palette(const Frame& frame) {
  return fmt::format(
      "set palette defined (0 '#123a66', 0.35 '#4f8fc0', 0.7 '#b9d5e8', 1 '#f7f9fb')\n"
      "set cbrange [{:.10g}:{:.10g}]\nset format cb '%.6g'\n",
      frame.colour.low, frame.colour.high);
}

/// Pixels need no numbers on their axes, and a low strip of them has no room for many on its scale.
std::string image_commands(const std::string& stem, const Frame& frame,
                           std::vector<std::string>& elements) {
  elements.push_back(fmt::format("'{}.tsv' index 0 using 1:2:3 with image notitle", stem));
  return palette(frame) +
         fmt::format(
             "set format cb '%.3g'\nunset xtics\nunset ytics\nset xlabel ''\nset ylabel ''\n"
             "set cbtics ({:.10g}, {:.10g})\n",
             frame.colour.low, frame.colour.high);
}

/// Filled contours: a coloured image of the grid (uniform grids only) under contour lines.
std::string surface_commands(const std::string& stem, const Frame& frame, bool filled,
                             std::vector<std::string>& elements) {
  constexpr int kLevels = 12;
  std::vector<std::string> levels;
  for (int i = 1; i <= kLevels; ++i) {
    const double part = (i - 0.5) / kLevels;
    levels.push_back(
        fmt::format("{:.10g}", frame.colour.low + part * (frame.colour.high - frame.colour.low)));
  }
  if (filled)
    elements.push_back(fmt::format("'{}.tsv' index 0 using 1:2:3 with image notitle", stem));
  elements.push_back("$contours using 1:2 with lines lw 0.7 lc rgb '#70202020' notitle");
  return palette(frame) +
         fmt::format(
             "set contour base\nunset surface\nset cntrparam levels discrete {}\n"
             "set table $contours\nsplot '{}.tsv' index 0 using 1:2:3 notitle\nunset table\n"
             "unset contour\n",
             fmt::join(levels, ", "), stem);
}

/// Plot elements of one curve: its error bars or band, then its line or points.
void add_curve(const std::string& stem, const Curve& curve, std::size_t index, std::size_t colour,
               bool titled, std::vector<std::string>& elements) {
  const std::string hue = kPalette[colour % kPalette.size()];
  const std::size_t cycle = colour / kPalette.size();
  const auto count = static_cast<int>(curve.x.size());
  const int every = (count + kMostPoints - 1) / kMostPoints;
  const std::string data = fmt::format("'{}.tsv' index {}{}", stem, index,
                                       every > 1 ? fmt::format(" every {}", every) : "");
  const std::string title =
      titled ? "title " + gnuplot_string(shortened(curve.label, 48)) : "notitle";
  const bool points = curve.style == Curve::Style::points;
  if (!curve.error.empty() && points) {  // vectors: bars that no symbol of gnuplot covers
    elements.push_back(fmt::format(
        "{} using 1:(low($2,$3)):(0):(high($2,$3)-low($2,$3)) with vectors nohead lw 1.2 lc rgb "
        "'{}' notitle",
        data, hue));
  } else if (!curve.error.empty()) {
    elements.push_back(fmt::format(
        "{} using 1:(low($2,$3)):(high($2,$3)) with filledcurves fs transparent solid 0.2 noborder "
        "lc rgb '{}' notitle",
        data, hue));
  }
  if (points) {
    elements.push_back(fmt::format("{} using 1:2 with points pt {} ps {} lc rgb '{}' {}", data,
                                   kSymbols[(colour + cycle) % kSymbols.size()],
                                   count > 60 ? 0.35 : 0.55, hue, title));
    return;
  }
  // Beyond the palette full lines are dashed too, in other patterns than dashed ones.
  const bool dashed = curve.style == Curve::Style::dashed;
  const std::string dash =
      dashed || cycle > 0 ? kDashes[(cycle + (dashed ? 0 : 1)) % kDashes.size()] : "solid";
  elements.push_back(
      fmt::format("{} using 1:2 with lines lw 1.6 dt {} lc rgb '{}' {}", data, dash, hue, title));
}

std::string vertical_lines(const Figure& figure, const Frame& frame,
                           std::vector<std::string>& elements) {
  std::string commands;
  const bool alone = figure.vertical_lines.size() == 1;
  for (std::size_t i = 0; i < figure.vertical_lines.size(); ++i) {
    const auto& [x, label] = figure.vertical_lines[i];
    const std::string look = fmt::format("lw 1.4 dt {} lc rgb '{}'", kDashes[i % kDashes.size()],
                                         i % 2 == 0 ? "#444444" : "#777777");
    if (!alone && !label.empty()) {
      elements.push_back("keyentry with lines " + look + " title " +
                         gnuplot_string(shortened(label, 48)));
    }
    if (!(x >= frame.x.low && x <= frame.x.high)) continue;
    commands += fmt::format(
        "set arrow from first {0:.10g}, graph 0 to first {0:.10g}, graph 1 nohead back {1}\n", x,
        look);
    if (!alone || label.empty()) continue;
    const double part = figure.log_x
                            ? std::log(x / frame.x.low) / std::log(frame.x.high / frame.x.low)
                            : (x - frame.x.low) / (frame.x.high - frame.x.low);
    commands += fmt::format("set label {} at first {:.10g}, graph 1.035 {} noenhanced\n",
                            gnuplot_string(shortened(label, 48)), x,
                            part < 0.3   ? "left"
                            : part > 0.7 ? "right"
                                         : "center");
  }
  return commands;
}

std::string remark(const Figure& figure) {
  std::size_t undefined = 0, nonpositive = 0;
  for (const Curve& curve : figure.curves) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (drawable(figure, curve.x[i], curve.y[i])) continue;
      ++(std::isfinite(curve.x[i]) && std::isfinite(curve.y[i]) ? nonpositive : undefined);
    }
  }
  const auto sentence = [](std::size_t count, const std::string& what) {
    return count == 0 ? ""
                      : fmt::format("{} {} {} not drawn.", count, count == 1 ? "point" : "points",
                                    what + (count == 1 ? " is" : " are"));
  };
  const std::string first = sentence(nonpositive, "not positive on a logarithmic axis");
  const std::string second = sentence(undefined, "without a finite value");
  return first + (first.empty() || second.empty() ? "" : " ") + second;
}

}  // namespace

Drawing draw(const Figure& figure, const std::string& stem, const Frame& frame) {
  check(figure);
  Drawing drawing;
  drawing.remark = remark(figure);
  std::vector<std::string> elements;
  std::string commands = canvas(stem, frame, figure);
  commands += axis("x", frame.x, figure.log_x, figure.x_label);
  commands += axis("y", frame.y, figure.log_y, figure.y_label);
  commands += fmt::format(
      "low(y, e) = e > 0 ? (y - e > {0:.10g} ? y - e : {0:.10g}) : y\n"
      "high(y, e) = e > 0 ? y + e : y\n",
      frame.y.low);

  std::size_t blocks = 0, next_colour = 0;
  bool anything = false;
  if (figure.surface) {
    const Surface& surface = *figure.surface;
    drawing.table += table(surface);
    ++blocks;
    if (surface.z.array().isFinite().any()) {
      anything = true;
      const bool filled = uniform(surface.x) && uniform(surface.y);
      if (!filled) drawing.remark += " The grid is not uniform: contour lines only.";
      commands += is_image(surface) ? image_commands(stem, frame, elements)
                                    : surface_commands(stem, frame, filled, elements);
    }
  }
  std::set<std::string> titled;
  for (const Curve& curve : figure.curves) {
    const std::size_t colour =
        curve.colour >= 0 ? static_cast<std::size_t>(curve.colour) : next_colour++;
    if (curve.x.empty()) continue;
    drawing.table += table(figure, curve);
    const std::size_t index = blocks++;
    bool visible = false;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      visible = visible || drawable(figure, curve.x[i], curve.y[i]);
    }
    if (!visible) continue;
    anything = true;
    const bool named = !curve.label.empty() && titled.insert(curve.label).second;
    add_curve(stem, curve, index, colour, named, elements);
  }
  commands += vertical_lines(figure, frame, elements);
  if (!anything) {
    commands += "set label 'no data to draw' at graph 0.5, graph 0.5 center\n";
    elements.push_back("NaN notitle");
  }
  drawing.script =
      fmt::format("{}plot {}\nunset output\n", commands, fmt::join(elements, ", \\\n     "));
  return drawing;
}

}  // namespace symbreak::report
