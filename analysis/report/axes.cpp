#include "analysis/report/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "analysis/report/escape.hpp"

namespace symbreak::report {

namespace {

using verdict::Curve;
using verdict::Figure;

/// Smallest interval of the values it has seen.
struct Extent {
  bool logarithmic = false;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(double value) {
    if (!std::isfinite(value) || (logarithmic && value <= 0)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// With a margin of a fraction of the interval; something sensible where there is none.
  Range widened(double margin) const {
    if (!(low <= high)) return logarithmic ? Range{0.1, 10} : Range{0, 1};
    if (logarithmic) {
      const double ratio = high > low ? std::pow(high / low, margin) : 2;
      return {low / ratio, high * ratio};
    }
    const double width = high > low ? margin * (high - low) : std::max(0.5 * std::abs(low), 1e-12);
    return {low - width, high + width};
  }
};

bool usable(const std::optional<std::pair<double, double>>& range, bool logarithmic) {
  return range && std::isfinite(range->first) && std::isfinite(range->second) &&
         range->first < range->second && (!logarithmic || range->first > 0);
}

void add_curve(const Figure& figure, const Curve& curve, Extent& x, Extent& y) {
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (!drawable(figure, curve.x[i], curve.y[i])) continue;
    x.add(curve.x[i]);
    y.add(curve.y[i]);
    if (curve.error.empty()) continue;
    y.add(curve.y[i] + curve.error[i]);
    y.add(curve.y[i] - curve.error[i]);
  }
}

/// Half a grid cell around the outermost nodes: where the coloured cells end.
void add_grid(const std::vector<double>& nodes, Extent& extent) {
  if (nodes.size() < 2) return;
  const double half =
      (nodes.back() - nodes.front()) / (2.0 * static_cast<double>(nodes.size() - 1));
  extent.add(nodes.front() - half);
  extent.add(nodes.back() + half);
}

Range colours(std::vector<double> values) {
  if (values.empty()) return {};
  const auto last = values.begin() + static_cast<std::ptrdiff_t>(0.95 * (values.size() - 1.0));
  std::nth_element(values.begin(), last, values.end());
  const Range range = {*std::min_element(values.begin(), last + 1), *last};
  return range.low < range.high ? range : Range{range.low - 0.5, range.low + 0.5};
}

/// Ticks at 1, 2, 5 of each decade, and unlabelled ones between.
std::string fine_ticks(const std::string& name, Range range) {
  std::vector<std::string> ticks;
  for (double decade = std::floor(std::log10(range.low)); decade <= std::log10(range.high);
       ++decade) {
    for (const int digit : {1, 2, 3, 4, 5, 6, 7, 8, 9}) {
      const double at = digit * std::pow(10.0, decade);
      if (at < range.low || at > range.high) continue;
      const bool labelled = digit == 1 || digit == 2 || digit == 5;
      ticks.push_back(labelled ? fmt::format("'{:g}' {:.10g}", at, at)
                               : fmt::format("'' {:.10g} 1", at));
    }
  }
  return fmt::format("set {}tics ({})\n", name, fmt::join(ticks, ", "));
}

}  // namespace

bool drawable(const Figure& figure, double x, double y) {
  return std::isfinite(x) && std::isfinite(y) && (!figure.log_x || x > 0) &&
         (!figure.log_y || y > 0);
}

std::vector<std::string> legend(const Figure& figure) {
  std::vector<std::string> entries;
  std::set<std::string> seen;
  for (const Curve& curve : figure.curves) {
    if (!curve.label.empty() && seen.insert(curve.label).second) entries.push_back(curve.label);
  }
  if (figure.vertical_lines.size() > 1) {
    for (const auto& [x, label] : figure.vertical_lines) {
      if (!label.empty()) entries.push_back(label);
    }
  }
  return entries;
}

Frame common_frame(const std::vector<const Figure*>& figures) {
  const Figure& first = *figures.front();
  Extent x, y;
  x.logarithmic = first.log_x;
  y.logarithmic = first.log_y;
  std::vector<double> heights;
  std::size_t entries = 0, longest = 0;
  bool gridded = false;
  for (const Figure* figure : figures) {
    for (const Curve& curve : figure->curves) add_curve(*figure, curve, x, y);
    if (figure->surface) {
      gridded = true;
      add_grid(figure->surface->x, x);
      add_grid(figure->surface->y, y);
      for (const double z : figure->surface->z.reshaped()) {
        if (std::isfinite(z)) heights.push_back(z);
      }
    }
    const auto labels = legend(*figure);
    entries = std::max(entries, labels.size());
    for (const std::string& label : labels) longest = std::max(longest, width(label));
  }
  Frame frame;
  frame.x = usable(first.x_range, first.log_x) ? Range{first.x_range->first, first.x_range->second}
                                               : x.widened(gridded ? 0 : 0.03);
  frame.y = usable(first.y_range, first.log_y) ? Range{first.y_range->first, first.y_range->second}
                                               : y.widened(gridded ? 0 : 0.06);
  frame.colour = colours(std::move(heights));
  // What gnuplot fits into the width: 3 columns of 10 characters, 2 of 18, else 1.
  const std::size_t fitting = 51 / (std::min<std::size_t>(longest, 44) + 7);
  frame.legend_columns = static_cast<int>(std::clamp<std::size_t>(fitting, 1, 4));
  frame.legend_rows = (static_cast<int>(entries) + frame.legend_columns - 1) / frame.legend_columns;
  return frame;
}

std::string axis(const std::string& name, Range range, bool logarithmic, const std::string& label) {
  std::string commands = fmt::format("set {}range [{:.10g}:{:.10g}]\nset {}label {} noenhanced\n",
                                     name, range.low, range.high, name, gnuplot_string(label));
  if (!logarithmic) return commands + fmt::format("set format {} '%.8g'\n", name);
  commands += fmt::format("set logscale {}\n", name);
  const double decades = std::log10(range.high / range.low);
  if (decades < 2) return commands + fine_ticks(name, range);
  return commands + fmt::format("set format {0} '10^{{%L}}'\nset {0}tics 1e{1}\nset m{0}tics\n",
                                name, std::max(1, static_cast<int>(std::ceil(decades / 7))));
}

}  // namespace symbreak::report
