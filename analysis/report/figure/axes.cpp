#include "analysis/report/figure/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>

#include "analysis/report/figure/legend.hpp"
#include "analysis/report/figure/typeset.hpp"

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
      constexpr double kRounding = 1e-14;  // below it numbers are what rounding left of them
      const double least = std::max(low, kRounding * high);
      const double ratio = high > least ? std::pow(high / least, margin) : 2;
      return {least / ratio, high * ratio};
    }
    const double size = std::max(std::abs(low), std::abs(high));
    const double alone = size == 0 ? 1 : 0.5 * size;  // a single value, but for rounding
    const double width = high - low > 1e-8 * size ? margin * (high - low) : alone;
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
    constexpr double kShortest = 0.1;  // a bar to nowhere needs no decades
    y.add(curve.y[i] + curve.error[i]);
    y.add(y.logarithmic ? std::max(curve.y[i] - curve.error[i], kShortest * curve.y[i])
                        : curve.y[i] - curve.error[i]);
  }
}

void add_grid(const std::vector<double>& nodes, Extent& extent) {
  for (const double edge : edges(nodes, extent.logarithmic)) extent.add(edge);
}

Range colours(const verdict::Surface& surface, std::vector<double> values) {
  if (surface.range) return {surface.range->first, surface.range->second};
  if (values.empty()) return {};
  // High walls, and the one bin that holds everything, would leave no colour to the rest.
  const double share = surface.kind == verdict::Surface::Kind::levels ? 0.95 : 0.99;
  const auto last = values.begin() + static_cast<std::ptrdiff_t>(share * (values.size() - 1.0));
  std::nth_element(values.begin(), last, values.end());
  const Range range = {*std::min_element(values.begin(), last + 1), *last};
  return range.low < range.high ? range : Range{range.low - 0.5, range.low + 0.5};
}

/// Ticks at 1, 2, 5 of each decade, and unlabelled ones between; on a short axis at round numbers.
std::string fine_ticks(const std::string& name, Range range) {
  constexpr double kShort = 4;  // ratio: of 1, 2, 5 it may hold a single one
  std::vector<std::string> ticks;
  if (range.high / range.low < kShort) {
    const double width = range.high - range.low, unit = std::pow(10, std::floor(std::log10(width)));
    const double step = width / unit < 2 ? unit / 5 : width / unit < 5 ? unit / 2 : unit;
    for (double k = std::ceil(range.low / step); k * step <= range.high; ++k) {
      ticks.push_back(fmt::format("'{:.6g}' {:.10g}", k * step, k * step));
    }
    return fmt::format("set {}tics ({})\n", name, fmt::join(ticks, ", "));
  }
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

Figure with_visible_lines(Figure figure, Range x) {
  std::erase_if(figure.vertical_lines,
                [&](const auto& line) { return !(line.first >= x.low && line.first <= x.high); });
  return figure;
}

std::vector<double> edges(const std::vector<double>& nodes, bool logarithmic) {
  std::vector<double> at, result;
  for (const double node : nodes) at.push_back(logarithmic ? std::log(node) : node);
  if (at.size() < 2) return nodes;
  for (std::size_t i = 0; i <= at.size(); ++i) {
    const double edge = i == 0           ? at[0] - (at[1] - at[0]) / 2
                        : i == at.size() ? at[i - 1] + (at[i - 1] - at[i - 2]) / 2
                                         : (at[i - 1] + at[i]) / 2;
    result.push_back(logarithmic ? std::exp(edge) : edge);
  }
  return result;
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
    if (!figure->surface) {
      for (const Curve& curve : figure->curves) add_curve(*figure, curve, x, y);
    } else {  // lines on a map end where it ends
      gridded = true;
      add_grid(figure->surface->x, x);
      add_grid(figure->surface->y, y);
      for (const double z : figure->surface->z.reshaped()) {
        if (std::isfinite(z)) heights.push_back(z);
      }
    }
  }
  Frame frame;
  frame.x = usable(first.x_range, first.log_x) ? Range{first.x_range->first, first.x_range->second}
                                               : x.widened(gridded ? 0 : 0.03);
  frame.y = usable(first.y_range, first.log_y) ? Range{first.y_range->first, first.y_range->second}
                                               : y.widened(gridded ? 0 : 0.06);
  for (const Figure* figure : figures) {
    const Legend labels = legend(with_visible_lines(*figure, frame.x));
    entries = std::max(entries, labels.entries());
    longest = std::max(longest, labels.widest());
  }
  if (first.surface) frame.colour = colours(*first.surface, std::move(heights));
  // What gnuplot fits into the width: 3 columns of 10 characters, 2 of 18, else 1.
  const std::size_t fitting = 51 / (std::min<std::size_t>(longest, 44) + 7);
  frame.legend_columns = static_cast<int>(std::clamp<std::size_t>(fitting, 1, 4));
  frame.legend_rows = (static_cast<int>(entries) + frame.legend_columns - 1) / frame.legend_columns;
  return frame;
}

std::string axis(const std::string& name, Range range, bool logarithmic, const std::string& label) {
  std::string commands = fmt::format("set {}range [{:.10g}:{:.10g}]\nset {}label {}\n", name,
                                     range.low, range.high, name, typeset(label));
  if (!logarithmic) return commands + fmt::format("set format {} '%.8g'\n", name);
  commands += fmt::format("set logscale {}\n", name);
  const double decades = std::log10(range.high / range.low);
  if (decades < 2.5) return commands + fine_ticks(name, range);
  return commands + fmt::format("set format {0} '10^{{%L}}'\nset {0}tics 1e{1}\nset m{0}tics\n",
                                name, std::max(1, static_cast<int>(std::ceil(decades / 7))));
}

std::string ticks_of_few(const Figure& figure, Range x) {
  constexpr std::size_t kFew = 4;
  constexpr double kApart = 0.1;  // of the axis: labels do not touch
  std::set<double> values;
  for (const Curve& curve : figure.curves) values.insert(curve.x.begin(), curve.x.end());
  if (figure.surface || values.empty() || values.size() > kFew) return "";
  const auto at = [&](double value) { return figure.log_x ? std::log(value) : value; };
  std::vector<std::string> ticks;
  for (auto value = values.begin(); value != values.end(); ++value) {
    if (!(*value >= x.low && *value <= x.high)) return "";
    if (value != values.begin() &&
        at(*value) - at(*std::prev(value)) < kApart * (at(x.high) - at(x.low))) {
      return "";
    }
    ticks.push_back(fmt::format("'{:.6g}' {:.10g}", *value, *value));
  }
  return fmt::format("set xtics ({})\n", fmt::join(ticks, ", "));
}

}  // namespace symbreak::report
