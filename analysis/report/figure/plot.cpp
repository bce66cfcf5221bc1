#include "analysis/report/figure/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/report/escape.hpp"
#include "analysis/report/figure/legend.hpp"
#include "analysis/report/figure/look.hpp"
#include "analysis/report/figure/smooth.hpp"
#include "analysis/report/figure/surface.hpp"
#include "analysis/report/figure/table.hpp"
#include "analysis/report/figure/typeset.hpp"

namespace symbreak::report {

namespace {

using verdict::Curve;
using verdict::Figure;
using verdict::Surface;

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

/// What holds for the drawing on the screen and on paper.
std::string canvas(const std::string& stem, const Frame& frame, const Figure& figure,
                   double& height) {
  constexpr double kColours = 100;  // right of a surface: its scale and what it measures
  double axes = kAxes, left = kLeft, right = kWidth - kRight;
  if (figure.surface) {
    const bool bare = figure.surface->kind == Surface::Kind::pixels;
    const double room = kWidth - (bare ? kRight : kLeft) - kColours;
    const double ratio = aspect(*figure.surface);
    const double wide = ratio > 0 ? std::min(room, kAxes * ratio) : room;
    axes = ratio > 0 ? wide / ratio : kAxes;
    left = bare ? kRight : kLeft;
    left += (room - wide) / 2;
    right = left + wide;
  }
  height = kTop + axes + kBelow + kRow * frame.legend_rows + 6;
  std::string name = stem;
  for (const char other : {'/', '-'}) std::replace(name.begin(), name.end(), other, '_');
  return fmt::format(
      "reset\nset encoding utf8\nset minussign\n"
      "set terminal svg size {:.0f},{:.0f} dynamic enhanced font 'Helvetica,13' background "
      "'#ffffff' name '{}'\nset output '{}.svg'\n"
      "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\n"
      "set tmargin at screen {:.4f}\nset bmargin at screen {:.4f}\n"
      "set key at screen 0.5, screen {:.4f} bottom center horizontal Left reverse maxcols {} "
      "samplen 2 spacing 1\nset border 15 lw 0.7 lc rgb '#333333'\nset tics scale 0.6, 0.3\n"
      "set mxtics 2\nset mytics 2\n",
      kWidth, height, name, stem, left / kWidth, right / kWidth, 1 - kTop / height,
      1 - (kTop + axes) / height, 6 / height, frame.legend_columns);
}

/// The same on paper, 13 cm wide: the font is 9 points there, and 6 in a column of 8.6 cm.
std::string paper(const std::string& stem, double height) {
  constexpr double kCentimetres = 13;
  return fmt::format(
      "if (strstrt(GPVAL_TERMINALS, 'pdfcairo') > 0) {{\n"
      "  set terminal pdfcairo size {}cm,{:.3f}cm enhanced font 'Helvetica,9' lw 0.8\n"
      "  set output '{}.pdf'\n  replot\n  unset output\n}}\n",
      kCentimetres, kCentimetres * height / kWidth, stem);
}

/// Plot elements of one curve: its error bars or band, then its line or points.
void add_curve(const std::string& data, const Curve& curve, const Look& look,
               const std::string& label, std::vector<std::string>& elements) {
  const auto count = static_cast<int>(curve.x.size());
  const int every = (count + kMostPoints - 1) / kMostPoints;
  const std::string thinned = data + (every > 1 ? fmt::format(" every {}", every) : "");
  const std::string title = label.empty() ? "notitle" : "title " + typeset(label);
  const bool points = curve.style == Curve::Style::points;
  if (!curve.error.empty() && points) {  // vectors: bars that no symbol of gnuplot covers
    elements.push_back(fmt::format(
        "{} using 2:(low($3,$4)):(0):(high($3,$4)-low($3,$4)) with vectors nohead lw 1.2 lc rgb "
        "'{}' notitle",
        thinned, look.colour));
  } else if (!curve.error.empty()) {
    elements.push_back(fmt::format(
        "{} using 2:(low($3,$4)):(high($3,$4)) with filledcurves fs transparent solid 0.2 noborder "
        "lc rgb '{}' notitle",
        thinned, look.colour));
  }
  if (points) {
    elements.push_back(fmt::format("{} using 2:3 with points pt {} ps {} lc rgb '{}' {}", thinned,
                                   look.symbol, count > 60 ? 0.35 : 0.55, look.colour, title));
  } else {
    elements.push_back(fmt::format("{} using 2:3 with lines lw 1.6 dt {} lc rgb '{}' {}", thinned,
                                   look.dash, look.colour, title));
  }
}

std::string vertical_lines(const Figure& figure, const Frame& frame, const Legend& legend,
                           std::vector<std::string>& elements) {
  std::string commands;
  for (std::size_t i = 0; i < figure.vertical_lines.size(); ++i) {
    const double x = figure.vertical_lines[i].first;
    if (i < legend.lines.size() && !legend.lines[i].empty()) {
      elements.push_back("keyentry with lines " + line_look(i) + " title " +
                         typeset(legend.lines[i]));
    }
    commands += fmt::format(
        "set arrow from first {0:.10g}, graph 0 to first {0:.10g}, graph 1 nohead back {1}\n", x,
        line_look(i));
    const std::string alone = line_label(figure.vertical_lines[i]);
    if (!legend.lines.empty() || alone.empty()) continue;
    const double part = figure.log_x
                            ? std::log(x / frame.x.low) / std::log(frame.x.high / frame.x.low)
                            : (x - frame.x.low) / (frame.x.high - frame.x.low);
    commands += fmt::format("set label {} at first {:.10g}, graph 1.035 {}\n",
                            typeset(shortened(alone, 60)), x,
                            part < 0.3   ? "left"
                            : part > 0.7 ? "right"
                                         : "center");
  }
  return commands;
}

std::string shaded_bands(const Figure& figure, const Frame& frame) {
  std::string commands;
  for (const auto& [from, to] : figure.bands) {
    const double low = std::max(from, frame.x.low), high = std::min(to, frame.x.high);
    if (!(low < high)) continue;
    commands += fmt::format(
        "set object rectangle from first {:.10g}, graph 0 to first {:.10g}, graph 1 behind "
        "fillcolor rgb '#009e73' fillstyle transparent solid 0.12 noborder\n",
        low, high);
  }
  return commands;
}

std::string remark(const Figure& figure, const Frame& frame) {
  std::size_t undefined = 0, nonpositive = 0, rounded = 0;
  for (const Curve& curve : figure.curves) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (drawable(figure, curve.x[i], curve.y[i])) {
        rounded += !figure.y_range && figure.log_y && curve.y[i] < frame.y.low;
        continue;
      }
      ++(std::isfinite(curve.x[i]) && std::isfinite(curve.y[i]) ? nonpositive : undefined);
    }
  }
  const auto sentence = [](std::size_t count, const std::string& what) {
    return count == 0 ? ""
                      : fmt::format("{} {} {} not drawn.", count, count == 1 ? "point" : "points",
                                    what + (count == 1 ? " is" : " are"));
  };
  std::string all;
  for (const std::string& each :
       {sentence(nonpositive, "not positive on a logarithmic axis"),
        sentence(undefined, "without a finite value"), sentence(rounded, "below rounding")}) {
    all += (all.empty() || each.empty() ? "" : " ") + each;
  }
  return all;
}

}  // namespace

Drawing draw(const Figure& whole, const std::string& stem, const Frame& frame, bool pdf) {
  check(whole);
  const Figure figure = with_visible_lines(whole, frame.x);
  const Legend labels = legend(figure);
  Drawing drawing;
  drawing.remark = remark(figure, frame);
  if (!drawing.remark.empty() && !labels.remark.empty()) drawing.remark += ' ';
  drawing.remark += labels.remark;
  std::vector<std::string> elements;
  double height = 0;
  std::string commands = canvas(stem, frame, figure, height);
  commands += axis("x", frame.x, figure.log_x, figure.x_label) + ticks_of_few(figure, frame.x);
  commands += axis("y", frame.y, figure.log_y, figure.y_label);
  commands += fmt::format(
      "low(y, e) = e > 0 ? (y - e > {0:.10g} ? y - e : {0:.10g}) : y\n"
      "high(y, e) = e > 0 ? y + e : y\n",
      frame.y.low);
  commands += shaded_bands(figure, frame);

  std::vector<Curve> curves;
  std::vector<std::string> drawn;
  std::size_t uncoloured = 0;
  for (std::size_t i = 0; i < figure.curves.size(); ++i) {
    const std::size_t next = figure.curves[i].colour < 0 ? uncoloured++ : 0;
    if (figure.curves[i].x.empty()) continue;
    const Curve& curve = figure.curves[i];
    curves.push_back(curve.smooth ? smooth(curve, figure.log_x, figure.log_y) : curve);
    bool visible = false;
    for (std::size_t k = 0; k < curve.x.size(); ++k) {
      visible = visible || drawable(figure, curve.x[k], curve.y[k]);
    }
    if (!visible) continue;
    add_curve(fmt::format("'{}.tsv' index {}", stem, curves.size() - 1), curves.back(),
              look(figure, curve, next), labels.curves[i], drawn);
  }
  if (!curves.empty()) drawing.table = table(figure, curves);
  if (figure.surface) {
    const char* suffix = curves.empty() ? "" : "-surface";
    SurfaceDrawing surface = draw_surface(figure, fmt::format("'{}{}.tsv'", stem, suffix), frame);
    (curves.empty() ? drawing.table : drawing.surface) = std::move(surface.table);
    commands += surface.commands;
    elements = std::move(surface.elements);
  }
  elements.insert(elements.end(), drawn.begin(), drawn.end());
  const bool anything = !elements.empty();
  commands += vertical_lines(figure, frame, labels, elements);
  if (!anything) {
    commands += "set label 'no data to draw' at graph 0.5, graph 0.5 center\n";
    elements.push_back("NaN notitle");
  }
  drawing.script =
      fmt::format("{}plot {}\nunset output\n", commands, fmt::join(elements, ", \\\n     "));
  if (pdf) drawing.script += paper(stem, height);
  return drawing;
}

}  // namespace symbreak::report
